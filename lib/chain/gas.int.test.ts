import { parseGwei } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, startAnvil } from "@/lib/testing/start-anvil";
import { capPrice, estimateCost, gasLimit, gasPrice } from "./gas";
import type { Network } from "./network";
import { findNetworkByKey } from "./networks";
import { type ChainClient, nodeClient } from "./public-client";

/** The first account of anvil's own mnemonic, and any other. */
const account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const to = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const oracle = "0x420000000000000000000000000000000000000F";

describe("gasLimit", () => {
  test.each([
    { estimate: 21_000n, limit: 27_300n },
    { estimate: 100_001n, limit: 130_002n },
    { estimate: 1n, limit: 2n },
  ])("of $estimate it is 1.3 times that, rounded up: $limit", ({ estimate, limit }) => {
    expect(gasLimit(estimate)).toBe(limit);
  });
});

describe("capPrice", () => {
  const price = { current: 10n, max: 21n, tip: 1n };

  test("under the cap nothing changes, above it the most is the cap", () => {
    expect(capPrice(price, 30n)).toEqual({ current: 10n, max: 21n, tip: 1n });
    expect(capPrice(price, 15n)).toEqual({ current: 10n, max: 15n, tip: 1n });
  });

  test("when a block takes more than the cap, there is no price: wait", () => {
    expect(capPrice(price, 9n)).toBeNull();
  });
});

describe("what a transaction costs", () => {
  let chain: Anvil;
  let client: ChainClient;

  beforeAll(async () => {
    chain = await startAnvil(["--block-base-fee-per-gas", "1000000000"]);
    const rpcUrls = [chain.url];
    const contracts = { streamPay: null, computeRegistry: null, sessionOperator: null };
    client = await nodeClient({ network: named("devnet"), rpcUrls, contracts }, chain.url);
  });
  afterAll(() => chain?.stop());

  test("the price leaves room for the base fee to double", async () => {
    const { current, max, tip } = await gasPrice(client);
    expect(tip).toBe(1_000_000_000n);
    expect(current).toBe(parseGwei("2"));
    expect(max).toBe(parseGwei("3"));
  });

  test("on a chain of its own it is gas times price, at most the limit times the highest price", async () => {
    const cost = await estimateCost(client, named("bsc"), { account, to, value: 1n });
    expect(cost.gasLimit).toBe(27_300n);
    expect(cost.dataFee).toBe(0n);
    expect(cost.expected).toBe(21_000n * 2_000_000_000n);
    expect(cost.highest).toBe(27_300n * 3_000_000_000n);
  });

  test("on an OP chain what the oracle asks for its bytes comes on top, and a quarter more at most", async () => {
    // CALLDATASIZE PUSH2 1000 MUL PUSH0 MSTORE PUSH1 32 PUSH0 RETURN: 1,000 wei for each byte that it is asked about.
    await chain.control.setCode({ address: oracle, bytecode: "0x366103e8025f5260205ff3" });
    const plain = await estimateCost(client, named("bsc"), { account, to, value: 1n });
    const cost = await estimateCost(client, named("base"), { account, to, value: 1n });
    // getL1Fee: selector, offset, length, and 46 bytes of unsigned transfer in two words. getOperatorFee: selector, one word.
    expect(cost.dataFee).toBe(132_000n + 36_000n);
    expect(cost.expected - plain.expected).toBe(168_000n);
    expect(cost.highest - plain.highest).toBe(210_000n);
  });

  test("a chain before the operator fee charges none", async () => {
    // Reverts when asked with one word, as for getOperatorFee; 7 wei otherwise.
    // PUSH1 36 CALLDATASIZE EQ PUSH1 13 JUMPI PUSH1 7 PUSH0 MSTORE PUSH1 32 PUSH0 RETURN; JUMPDEST PUSH0 PUSH0 REVERT.
    await chain.control.setCode({ address: oracle, bytecode: "0x60243614600e5760075f5260205ff35b5f5ffd" });
    expect((await estimateCost(client, named("base"), { account, to, value: 1n })).dataFee).toBe(7n);
  });

  test("more bytes cost more on an OP chain", async () => {
    await chain.control.setCode({ address: oracle, bytecode: "0x366103e8025f5260205ff3" });
    const short = await estimateCost(client, named("optimism"), { account, to, data: "0x11" });
    const long = await estimateCost(client, named("optimism"), {
      account,
      to,
      data: `0x${"11".repeat(500)}`,
    });
    expect(long.dataFee - short.dataFee).toBe(512_000n);
  });
});

function named(key: string): Network {
  const network = findNetworkByKey(key);
  if (!network) throw new Error(`No network ${key}`);
  return network;
}
