import { parseAbi } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProblemError } from "@/lib/errors";
import { gatedNode } from "@/lib/testing/gated-node";
import { type Anvil, startAnvil } from "@/lib/testing/start-anvil";
import type { ConfiguredNetwork } from "./configured-network";
import { findNetworkByKey } from "./networks";
import { chainReader, nodeClient } from "./public-client";

const NOBODY = "http://127.0.0.1:9/secret-key";
let first: Anvil;
let second: Anvil;
let foreign: Anvil;

beforeAll(async () => {
  [first, second, foreign] = await Promise.all([
    startAnvil(),
    startAnvil(),
    startAnvil(["--chain-id", "84532"]),
  ]);
});
afterAll(() => Promise.all([first, second, foreign].map((chain) => chain?.stop())));

describe("publicClient", () => {
  test("given a node on the configured chain, it reads it and knows the chain's name", async () => {
    await first.control.mine({ blocks: 3 });
    const client = await chainReader(configured(first.url))();
    expect(await client.getBlockNumber()).toBe(3n);
    expect(client.chain.name).toBe("Superstream devnet");
  });

  test("given a node on another chain, it refuses before anything is read", async () => {
    const refusal = await refusalOf(chainReader(configured(foreign.url)));
    expect(refusal.code).toBe("not-configured");
    expect(refusal.message).toBe(
      "A node is on chain 84532, but this server is set to 31337 (Superstream devnet): nothing was read from it.",
    );
  });

  test("given a right and a wrong node, it refuses too: the second would answer when the first fails", async () => {
    const refusal = await refusalOf(chainReader(configured(first.url, foreign.url)));
    expect(refusal.code).toBe("not-configured");
  });

  test("given no node that answers, it says so without the address, and tries anew at the next call", async () => {
    const refusal = await refusalOf(chainReader(configured(NOBODY)));
    expect(refusal.code).toBe("unavailable");
    expect(JSON.stringify([refusal.message, refusal.options])).not.toContain("secret-key");
  });

  test("given a first node that is away, the second answers", async () => {
    const client = await chainReader(configured(NOBODY, second.url))();
    expect(await client.getBlockNumber()).toBe(0n);
  });

  test("given a first node that dies later, the second answers", async () => {
    const dying = await startAnvil();
    const client = await chainReader(configured(dying.url, second.url))();
    await dying.control.mine({ blocks: 5 });
    expect(await client.getBlockNumber({ cacheTime: 0 })).toBe(5n);
    await dying.stop();
    expect(await client.getBlockNumber({ cacheTime: 0 })).toBe(0n);
  });

  test("several reads at once are one call of the node, with no contract there to gather them", async () => {
    const target = "0x1111111111111111111111111111111111111111";
    // PUSH1 42 PUSH0 MSTORE PUSH1 32 PUSH0 RETURN: answers 42 to everything.
    await first.control.setCode({ address: target, bytecode: "0x602a5f5260205ff3" });
    const { url, methods, close } = await gatedNode(first.url);
    const client = await nodeClient(configured(url), url);
    const read = {
      address: target,
      abi: parseAbi(["function a() view returns (uint256)"]),
      functionName: "a",
    } as const;
    expect(await Promise.all([1, 2, 3].map(() => client.readContract(read)))).toEqual([42n, 42n, 42n]);
    expect(methods).toEqual(["eth_chainId", "eth_call"]);
    await close();
  });
});

function configured(...rpcUrls: string[]): ConfiguredNetwork {
  const network = findNetworkByKey("devnet");
  if (!network) throw new Error("No devnet in the table.");
  return { network, rpcUrls, contracts: { streamPay: null, computeRegistry: null, sessionOperator: null } };
}

async function refusalOf(read: () => Promise<unknown>): Promise<ProblemError> {
  const error = await read().catch((thrown: unknown) => thrown);
  if (error instanceof ProblemError) return error;
  throw new Error(`It was not refused: ${String(error)}`);
}
