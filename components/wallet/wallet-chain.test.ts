import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Config, createConfig, http, injected } from "wagmi";
import { connect } from "wagmi/actions";
import { viemChain } from "@/lib/chain/viem-chain";
import { walletNetwork } from "@/lib/chain/wallet-network";
import { switchWallet, type WalletChain, walletChain, watchWalletChain } from "./wallet-chain";

const address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
type Call = { method: string; params?: readonly unknown[] };
type Refusal = { code: number; message: string };

/** A wallet as an extension is one: it knows some chains, is on one of them, and does what its person clicks. */
class FakeWallet extends EventEmitter {
  chainId = 1;
  open = false;
  known = new Set([1]);
  /** Null: the person agrees to everything. */
  refusal: Refusal | null = null;
  calls: Call[] = [];

  async request({ method, params = [] }: Call): Promise<unknown> {
    this.calls.push({ method, params });
    if (method === "eth_requestAccounts") this.open = true;
    if (/^eth_(requestA|a)ccounts$/.test(method)) return this.open ? [address] : [];
    if (method === "eth_chainId") return `0x${this.chainId.toString(16)}`;
    if (this.refusal) throw this.refusal;
    const [first] = params as [{ chainId: string }];
    const wanted = Number(first.chainId);
    if (method === "wallet_addEthereumChain") this.known.add(wanted);
    else if (!this.known.has(wanted))
      throw { code: 4902, message: "Unrecognized chain ID" } satisfies Refusal;
    this.goTo(wanted);
    return null;
  }

  goTo(chainId: number) {
    this.chainId = chainId;
    this.emit("chainChanged", `0x${chainId.toString(16)}`);
  }
}

describe("the chain of a wallet", () => {
  let wallet: FakeWallet;
  let config: Config;

  beforeEach(() => {
    vi.stubGlobal("window", globalThis); // wagmi looks for wallets in a browser only.
    wallet = new FakeWallet();
    const network = walletNetwork({ CHAIN_ID: 84_532 });
    const connector = injected({
      target: { id: "fake", name: "Fake", provider: wallet as unknown as never },
    });
    config = createConfig({
      chains: [viemChain(network, network.rpcUrl ?? "")],
      connectors: [connector],
      transports: { [network.chainId]: http() },
      multiInjectedProviderDiscovery: false,
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  test("without a connection there is none", async () => {
    expect(await walletChain(config)).toBeNull();
  });

  test("it has a name when we know it, and a number when not", async () => {
    await connected();
    expect(await walletChain(config)).toEqual({ chainId: 1, name: "chain 1" });
    wallet.goTo(10);
    expect(await walletChain(config)).toEqual({ chainId: 10, name: "OP Mainnet" });
  });

  test("a switch in the wallet is told at once", async () => {
    await connected();
    const seen: (WalletChain | null)[] = [];
    const stop = watchWalletChain(config, (chain) => seen.push(chain));
    wallet.goTo(84_532);
    wallet.goTo(137);
    stop();
    wallet.goTo(10);
    expect(seen).toEqual([
      { chainId: 84_532, name: "Base Sepolia" },
      { chainId: 137, name: "Polygon" },
    ]);
  });

  test("a wallet that knows the chain is asked to switch, and is there", async () => {
    wallet.known.add(84_532);
    await connected();
    expect(await switchWallet(config)).toBeNull();
    expect(wallet.chainId).toBe(84_532);
    expect(asked()).toEqual([{ method: "wallet_switchEthereumChain", params: [{ chainId: "0x14a34" }] }]);
  });

  test("one that does not know it is given what the table says of it", async () => {
    await connected();
    expect(await switchWallet(config)).toBeNull();
    expect(wallet.chainId).toBe(84_532);
    expect(asked()[1]).toEqual({
      method: "wallet_addEthereumChain",
      params: [
        {
          chainId: "0x14a34",
          chainName: "Base Sepolia",
          nativeCurrency: { name: "Sepolia Ether", symbol: "ETH", decimals: 18 },
          rpcUrls: ["https://sepolia.base.org"],
          blockExplorerUrls: ["https://sepolia.basescan.org"],
          iconUrls: undefined,
        },
      ],
    });
  });

  test("a person who refuses stays where they are, and is told so", async () => {
    await connected();
    wallet.refusal = { code: 4001, message: "User rejected the request." };
    expect(await switchWallet(config)).toBe("You refused it in the wallet, so it stayed where it was.");
    expect(wallet.chainId).toBe(1);
  });

  test("a wallet that cannot switch is to be switched by hand", async () => {
    await connected();
    wallet.refusal = { code: 4200, message: "Not supported" };
    expect(await switchWallet(config)).toBe(
      "The wallet did not switch. Choose Base Sepolia (chain 84532) in it by hand.",
    );
  });

  async function connected() {
    const [connector] = config.connectors;
    if (!connector) throw new Error("No connector.");
    await connect(config, { connector });
  }

  function asked(): Call[] {
    return wallet.calls.filter(({ method }) => method.startsWith("wallet_") && !/Permissions$/.test(method));
  }
});
