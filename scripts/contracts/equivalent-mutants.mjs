/**
 * Mistakes that change nothing anybody could notice, each with its reason. `within` is the line, without its indent; `before` and `text`
 * are as the program tells them.
 * @type {{ file: string, within: string, before: string, text: string, why: string }[]}
 */
export const EQUIVALENT = [
  {
    file: "src/streampay/Payouts.sol",
    within: "uint256 private constant CALL_COST = 40_000;",
    before: "40_000",
    text: "40001",
    why: "A margin: one unit of gas more changes nothing.",
  },
  {
    file: "src/streampay/Payouts.sol",
    within: "bool wellSupplied = gasleft() > (gasLimit * 64) / 63 + CALL_COST;",
    before: "gasleft() > (gasLimit * 64) / 63 + CALL_COST",
    text: "(gasleft() >= (gasLimit * 64) / 63 + CALL_COST)",
    why: "A margin, as above.",
  },
  {
    file: "src/streampay/Payouts.sol",
    within: "bool wellSupplied = gasleft() > (gasLimit * 64) / 63 + CALL_COST;",
    before: "64",
    text: "65",
    why: "A wider margin.",
  },
  {
    file: "src/streampay/Payouts.sol",
    within: "bool wellSupplied = gasleft() > (gasLimit * 64) / 63 + CALL_COST;",
    before: "63",
    text: "64",
    why: "The margin for the call is wider than a 64th of the limit.",
  },
  {
    file: "src/streampay/Payouts.sol",
    within: "bool wellSupplied = gasleft() > (gasLimit * 64) / 63 + CALL_COST;",
    before: "(gasLimit * 64) / 63",
    text: "(((gasLimit * 64) + 63 - 1) / 63)",
    why: "A margin, as above.",
  },
  {
    file: "src/streampay/StreamAccrual.sol",
    within: "return earned < deposit ? earned : deposit;",
    before: "earned < deposit",
    text: "(earned <= deposit)",
    why: "Where they are equal, either is the same.",
  },
  {
    file: "src/streampay/StreamBook.sol",
    within: "totals.nativeVolume = volume < type(uint96).max ? uint96(volume) : type(uint96).max;",
    before: "volume < type(uint96).max",
    text: "(volume <= type(uint96).max)",
    why: "Where they are equal, either is the same.",
  },
  {
    file: "src/streampay/StreamViews.sol",
    within: "if (span > last - id + 1) span = last - id + 1;",
    before: "span > last - id + 1",
    text: "(span >= last - id + 1)",
    why: "Where they are equal, it is set to what it is.",
  },
  {
    file: "src/StreamPay.sol",
    within: "if (batch.moved == 0) return;",
    before: "batch.moved == 0",
    text: "false",
    why: "Counting and paying nothing changes nothing: this only saves gas.",
  },
];
