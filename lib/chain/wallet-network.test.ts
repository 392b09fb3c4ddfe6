import { describe, expect, test } from "vitest";
import { walletNetwork } from "./wallet-network";

describe("walletNetwork", () => {
  test("given a real chain, browsers get its name, coin, explorer and public node, never the server's node", () => {
    expect(walletNetwork({ CHAIN_ID: 84_532, RPC_URL: "https://node.example/secret-key" })).toEqual({
      chainId: 84_532,
      name: "Base Sepolia",
      testnet: true,
      coin: { name: "Sepolia Ether", symbol: "ETH", decimals: 18 },
      explorer: "https://sepolia.basescan.org",
      blockMs: 2_000,
      confirmations: 5,
      rpcUrl: "https://sepolia.base.org",
    });
  });

  test("PUBLIC_RPC_URL and CONFIRMATIONS win", () => {
    const network = walletNetwork({
      CHAIN_ID: 8_453,
      PUBLIC_RPC_URL: "https://public.example",
      CONFIRMATIONS: 9,
    });
    expect(network.rpcUrl).toBe("https://public.example");
    expect(network.confirmations).toBe(9);
  });

  test("the devnet's own node may be told, for it has no key", () => {
    expect(walletNetwork({ CHAIN_ID: 31_337, RPC_URL: "http://127.0.0.1:8545" }).rpcUrl).toBe(
      "http://127.0.0.1:8545",
    );
    expect(walletNetwork({ CHAIN_ID: 31_337 }).rpcUrl).toBeNull();
  });

  test("a chain that is none of ours has a number for a name and no node", () => {
    const { name, rpcUrl } = walletNetwork({ CHAIN_ID: 1, RPC_URL: "https://node.example/secret-key" });
    expect(name).toBe("Chain 1");
    expect(rpcUrl).toBeNull();
  });
});
