import { beforeEach, expect, test, vi } from "vitest";
import { type Config, createConfig, http, injected } from "wagmi";
import { connect } from "wagmi/actions";
import { viemChain } from "@/lib/chain/viem-chain";
import { walletNetwork } from "@/lib/chain/wallet-network";
import { walletBatcher } from "./wallet-batcher";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const HASH = `0x${"ab".repeat(32)}`;
const CHAIN = 84_532;
type Call = { method: string; params?: readonly unknown[] };

/** What the wallet answers to each question of EIP-5792; a method that is not there is one that it does not know. */
let answers: Record<string, unknown>;
let asked: Call[];
let config: Config;

const provider = {
  async request(call: Call): Promise<unknown> {
    if (/^eth_(requestA|a)ccounts$/.test(call.method)) return [ADDRESS];
    if (call.method === "eth_chainId") return `0x${CHAIN.toString(16)}`;
    asked.push(call);
    if (call.method in answers) return answers[call.method];
    throw { code: 4200, message: `Not supported: ${call.method}` };
  },
  on: () => provider,
  removeListener: () => provider,
};

beforeEach(async () => {
  vi.stubGlobal("window", globalThis); // wagmi looks for wallets in a browser only.
  [answers, asked] = [{}, []];
  const network = walletNetwork({ CHAIN_ID: CHAIN });
  const connector = injected({
    target: { id: "fake", name: "Fake", provider: provider as unknown as never },
  });
  config = createConfig({
    chains: [viemChain(network, network.rpcUrl ?? "")],
    connectors: [connector],
    transports: { [CHAIN]: http() },
    multiInjectedProviderDiscovery: false,
  });
  await connect(config, { connector });
});

const batcher = () => walletBatcher(config, ADDRESS, CHAIN);
const capability = (status: string, chain: string) => ({ [chain]: { atomic: { status } } });

test.each([
  ["that says so for the chain", capability("supported", "0x14a34"), true],
  ["that says so for every chain", capability("supported", "0x0"), true],
  ["that says so for another chain", capability("supported", "0x1"), false],
  ["that first asks to change the account", capability("ready", "0x14a34"), false],
  ["that does not", capability("unsupported", "0x14a34"), false],
])("a wallet %s", async (_, told, batches) => {
  answers.wallet_getCapabilities = told;
  expect(await batcher().isAtomic()).toBe(batches);
});

test("a wallet that does not know the question makes no batches", async () => {
  expect(await batcher().isAtomic()).toBe(false);
});

test("calls are given to the wallet as all or none, and it gives them a name", async () => {
  answers.wallet_sendCalls = { id: "batch 1" };
  const calls = [
    { to: ADDRESS, data: "0x01", value: 0n },
    { to: ADDRESS, data: "0x02", value: 5n },
  ] as const;
  expect(await batcher().send(calls)).toBe("batch 1");
  expect(asked.find(({ method }) => method === "wallet_sendCalls")?.params?.[0]).toMatchObject({
    atomicRequired: true,
    chainId: "0x14a34",
    from: ADDRESS,
    calls: [
      { to: ADDRESS, data: "0x01" },
      { to: ADDRESS, data: "0x02", value: "0x5" },
    ],
  });
});

test("the wallet's word for each state of a batch: waiting, done, refused by the chain, given up", async () => {
  const of = { version: "2.0.0", id: "batch 1", chainId: "0x14a34", atomic: true };
  const receipt = { transactionHash: HASH, blockNumber: "0x1", gasUsed: "0x1", logs: [] };
  const status = async (answer: object) => {
    answers.wallet_getCallsStatus = { ...of, ...answer };
    return batcher().status("batch 1");
  };
  expect(await status({ status: 100 })).toEqual({ hash: null, failed: false });
  expect(await status({ status: 200, receipts: [{ ...receipt, status: "0x1" }] })).toEqual({
    hash: HASH,
    failed: false,
  });
  expect(await status({ status: 500, receipts: [{ ...receipt, status: "0x0" }] })).toEqual({
    hash: HASH,
    failed: true,
  });
  expect(await status({ status: 400 })).toEqual({ hash: null, failed: true });
});
