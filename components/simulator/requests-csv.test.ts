import { expect, test } from "vitest";
import { requestsCsv } from "./requests-csv";

test("given requests, each is a row with exact amounts, and no name is read as a formula", () => {
  const common = { requestType: "call", accrued: "3333333333333333333", remaining: "0" };
  const csv = requestsCsv({
    asset: { symbol: "USDCx", decimals: 18 },
    requests: [
      { ...common, atMs: 28_800_000, stream: "s1", decision: "denied", reason: "stream/deposit-exhausted" },
      { ...common, atMs: 28_800_001, stream: '=1+"1",2', decision: "authorised", reason: null },
    ],
  });
  expect(csv.split("\r\n")).toEqual([
    "at_ms,stream,request_type,decision,reason,accrued_USDCx,remaining_USDCx",
    "28800000,s1,call,denied,stream/deposit-exhausted,3.333333333333333333,0.000000000000000000",
    `28800001,"'=1+""1"",2",call,authorised,,3.333333333333333333,0.000000000000000000`,
    "",
  ]);
});
