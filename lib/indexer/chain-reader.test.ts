import { createPublicClient, custom, type Hex, RpcRequestError, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { chainReader } from "./chain-reader";

const [HASH, PARENT, OTHER] = [1, 2, 3].map((n) => toHex(n, { size: 32 })) as [Hex, Hex, Hex];
const CONTRACT: Hex = `0x${"ab".repeat(20)}`;
const block = {
  number: "0x7",
  hash: HASH,
  parentHash: PARENT,
  timestamp: "0x64",
  logsBloom: `0x${"0".repeat(512)}`,
};
const log = {
  ...{ address: CONTRACT, topics: [PARENT], data: "0x", blockNumber: "0x7", blockHash: HASH },
  ...{ transactionHash: OTHER, logIndex: "0x0", removed: false },
};

/** A node that gives one answer to everything. */
function readerOf(answer: unknown) {
  const request = async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return chainReader(createPublicClient({ transport: custom({ request }, { retryCount: 0 }) }));
}
const filter = { address: [CONTRACT], topics: [[PARENT]] };
const at = { number: 7n, hash: HASH };

describe("chainReader", () => {
  test("reads a block; times are milliseconds", async () => {
    expect(await readerOf(block).block(7n)).toEqual({
      ...{ number: 7n, hash: HASH, parentHash: PARENT, atMs: 100_000n, bloom: block.logsBloom },
    });
    expect(await readerOf(null).block(7n)).toBeNull();
    expect(await readerOf({ ...block, logsBloom: null }).head()).toMatchObject({ bloom: null });
  });

  test("reads the events of a block", async () => {
    expect(await readerOf([log]).logs(filter, at)).toEqual([
      {
        ...{ address: CONTRACT, topics: [PARENT], data: "0x", blockNumber: 7n, blockHash: HASH },
        ...{ txHash: OTHER, logIndex: 0, atMs: null },
      },
    ]);
  });

  test.each([
    { what: "another block", ask: "block", answer: { ...block, number: "0x8" } },
    { what: "a hash that is too short", ask: "block", answer: { ...block, hash: "0x12" } },
    { what: "a time that is no number", ask: "block", answer: { ...block, timestamp: "now" } },
    {
      what: "a number of more than 64 bits",
      ask: "block",
      answer: { ...block, timestamp: `0x${"f".repeat(17)}` },
    },
    { what: "a text", ask: "block", answer: "<html>" },
    {
      what: "an event of another contract",
      ask: "logs",
      answer: [{ ...log, address: `0x${"cd".repeat(20)}` }],
    },
    { what: "an event of another kind", ask: "logs", answer: [{ ...log, topics: [OTHER] }] },
    { what: "an event without topics", ask: "logs", answer: [{ ...log, topics: [] }] },
    { what: "an event of another block", ask: "logs", answer: [{ ...log, blockNumber: "0x8" }] },
    { what: "an event of a block of the same height", ask: "logs", answer: [{ ...log, blockHash: OTHER }] },
    { what: "an event that was taken back", ask: "logs", answer: [{ ...log, removed: true }] },
    { what: "an event twice", ask: "logs", answer: [log, log] },
    { what: "an event of no block yet", ask: "logs", answer: [{ ...log, blockHash: null }] },
    { what: "nothing", ask: "logs", answer: null },
  ])("refuses $what", async ({ ask, answer }) => {
    const reader = readerOf(answer);
    const asked = ask === "block" ? reader.block(7n) : reader.logs(filter, at);
    await expect(asked).rejects.toMatchObject({ name: "ChainFault", reason: "garbled" });
  });

  test("what a node says when it refuses never has its address in it", async () => {
    const url = "https://node.example/secret-key";
    const refusal = new RpcRequestError({
      body: {},
      url,
      error: { code: -32_005, message: `limit at ${url}` },
    });
    const fault = await readerOf(refusal)
      .logs(filter, at)
      .catch((error) => error);
    expect(fault).toMatchObject({ reason: "refused", detail: "code -32005" });
    expect(`${fault.message} ${fault.stack} ${fault.cause}`).not.toContain("secret-key");
  });
});
