import { describe, expect, test } from "vitest";
import type { StatementRow } from "./list-statement";
import { STATEMENT_CSV_HEADER, statementCsv, textCell } from "./statement-csv";

const row: StatementRow = {
  seq: 3n,
  key: "open:str_1",
  kind: "deposit",
  atMs: 1_795_132_800_000n,
  amount: -1_666_666_666_666_666_667n,
  balanceAfter: 98_333_333_333_333_333_333n,
  counterparty: "0x00000000000000000000000000000000000000AA",
  stream: { id: "str_1", providerId: "p", providerName: "Rheuma, “score”" },
  streams: 1,
};

test("a line is RFC 4180: exact amounts as numbers, quoted text, CRLF", () => {
  expect(STATEMENT_CSV_HEADER).toBe(
    "seq,time,kind,what,counterparty,stream,amount,balance_after,asset,amount_base_units,balance_after_base_units,entry\r\n",
  );
  expect(statementCsv([row])).toBe(
    '3,2026-11-20T00:00:00.000Z,deposit,"Deposit for a stream to Rheuma, “score”",0x00000000000000000000000000000000000000AA,str_1,-1.666666666666666667,98.333333333333333333,USDCx,-1666666666666666667,98333333333333333333,open:str_1\r\n',
  );
});

test("money that came in from outside has no other end", () => {
  const credit: StatementRow = {
    ...row,
    kind: "credit",
    amount: 1n,
    counterparty: null,
    stream: null,
    streams: 0,
  };
  expect(statementCsv([credit])).toBe(
    "3,2026-11-20T00:00:00.000Z,credit,Play money from the faucet,,,0.000000000000000001,98.333333333333333333,USDCx,1,98333333333333333333,open:str_1\r\n",
  );
});

describe("text that somebody else chose", () => {
  test.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    [" =1", "' =1"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ["\uFF1D1", "'\uFF1D1"],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["Rheuma-Score", "Rheuma-Score"],
    ["", ""],
  ])("%j is written as %j", (text, cell) => {
    expect(textCell(text)).toBe(cell);
  });
});
