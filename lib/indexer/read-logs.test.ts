import { pad, toEventSelector, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { ChainFault, NO_ANSWER_IN_TIME } from "./chain-fault";
import type { BlockRange, ChainReader, RawLog } from "./chain-reader";
import { filtersOf, logWindow, readRangeLogs } from "./read-logs";
import {
  flowDepositSource,
  flowSource,
  superTokenSource,
  transferSources,
} from "./sources/superfluid-sources";

const [CFA, TOKEN, PAY] = [1, 2, 3].map((n) => pad(toHex(n), { size: 20 })) as [
  `0x${string}`,
  `0x${string}`,
  `0x${string}`,
];
const word = (address: `0x${string}`) => pad(address);

describe("filtersOf", () => {
  test("what takes any argument is one question; each narrow source is one of its own, once", () => {
    const sources = [
      flowDepositSource(CFA),
      superTokenSource([TOKEN]),
      flowSource(CFA, [TOKEN]),
      flowSource(CFA, [TOKEN]),
      ...transferSources([TOKEN], [PAY]),
    ];
    const transfer = toEventSelector("Transfer(address,address,uint256)");
    const [open, flows, ...transfers] = filtersOf(sources);
    expect(open?.address).toEqual([CFA, TOKEN]);
    expect(open?.topics[0]).toHaveLength(4);
    expect(flows).toMatchObject({ address: [CFA], topics: [expect.any(Array), [word(TOKEN)]] });
    expect(transfers).toEqual([
      { address: [TOKEN], topics: [[transfer], [word(PAY)]] },
      { address: [TOKEN], topics: [[transfer], null, [word(PAY)]] },
    ]);
  });

  test("without contracts there is nothing to ask", () => {
    expect(filtersOf([superTokenSource([])])).toEqual([]);
  });
});

/** A node that refuses more than `most` blocks, and writes down what it was asked. */
function stingyNode(most: number, refusal = new ChainFault("refused", "code -32005")) {
  const asked: string[] = [];
  const logs: ChainReader["logs"] = async (_filter, at) => {
    const { from, to } = at as BlockRange;
    asked.push(`${from}-${to}`);
    if (to - from + 1n > BigInt(most)) throw refusal;
    return [{ blockNumber: from }, { blockNumber: to }] as RawLog[];
  };
  return { asked, reader: { logs } as ChainReader };
}
const filters = [{ address: [TOKEN], topics: [] }];
const range = { from: 100n, to: 139n };

describe("readRangeLogs", () => {
  test("halves what is too much until it is not, and covers every block once", async () => {
    const { asked, reader } = stingyNode(10);
    const window = logWindow(1_000);
    await readRangeLogs(reader, filters, range, window);
    expect(asked).toEqual([
      ...["100-139", "100-119", "100-109"],
      ...["110-129", "110-119", "120-139", "120-129", "130-139"],
    ]);
  });

  test("an answer that does not come in time counts as too much as well", async () => {
    const { asked, reader } = stingyNode(20, new ChainFault("silent", NO_ANSWER_IN_TIME));
    await readRangeLogs(reader, filters, range, logWindow(40));
    expect(asked).toEqual(["100-139", "100-119", "120-139"]);
  });

  test.each([
    { what: "one block is too much", most: 0, fault: new ChainFault("refused") },
    { what: "the node is away", most: 0, fault: new ChainFault("silent", "status 502") },
  ])("gives up when $what", async ({ most, fault }) => {
    const { reader } = stingyNode(most, fault);
    await expect(readRangeLogs(reader, filters, range, logWindow(8))).rejects.toBe(fault);
  });
});
