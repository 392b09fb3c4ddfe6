import { expect, test } from "vitest";
import { type EscrowOnChain, judgeEscrow, judgeFlow, type MirroredEscrow } from "./judge-escrow";

const chain: EscrowOnChain = {
  sender: "0xa",
  recipient: "0xb",
  token: "0xt",
  deposit: 1_000n,
  withdrawn: 300n,
  open: true,
};
const mirror: MirroredEscrow = {
  status: "active",
  sender: "0xa",
  receiver: "0xb",
  token: "0xt",
  funded: 1_000n,
  billed: 300n,
  refunded: 0n,
  escrow: 700n,
};
const closed = {
  chain: { ...chain, deposit: 0n, withdrawn: 0n, open: false },
  mirror: { ...mirror, status: "settled", refunded: 700n, escrow: 0n },
};

test("a stream that is mirrored to the unit has no fault, open, run dry or closed", () => {
  expect(judgeEscrow(mirror, chain)).toEqual([]);
  expect(judgeEscrow({ ...mirror, status: "exhausted" }, chain)).toEqual([]);
  expect(judgeEscrow(closed.mirror, closed.chain)).toEqual([]);
});

test.each([
  { tamper: { funded: 1_001n }, what: "What was put in differs.", difference: 1n },
  { tamper: { billed: 299n }, what: "What was paid differs.", difference: -1n },
  {
    tamper: { escrow: 0n },
    what: "What the journal holds in escrow is not what the contract holds.",
    difference: -700n,
  },
  { tamper: { status: "settled" }, what: "The stream: closed here, open on the chain.", difference: null },
  { tamper: { receiver: "0xc" }, what: "The receiver: 0xc here, 0xb on the chain.", difference: null },
  { tamper: { sender: "0xc" }, what: "The sender: 0xc here, 0xa on the chain.", difference: null },
  { tamper: { token: "0xu" }, what: "The token: 0xu here, 0xt on the chain.", difference: null },
])("a row that was changed is named with the difference: $tamper", ({ tamper, what, difference }) => {
  expect(judgeEscrow({ ...mirror, ...tamper }, chain)).toEqual([{ what, difference }]);
});

test("of a closed stream, what was put in is what was paid and returned", () => {
  expect(judgeEscrow({ ...closed.mirror, refunded: 690n }, closed.chain)).toEqual([
    { what: "What was put in is not what was paid and returned.", difference: 10n },
  ]);
});

test("streams never get more than flows, and the index has the flow's rate", () => {
  expect(judgeFlow([60n, 40n], 100n, 100n)).toEqual([]);
  expect(judgeFlow([60n], 100n, 100n)).toEqual([]);
  expect(judgeFlow([60n, 50n], 100n, 100n)).toEqual([
    { what: "Streams are served for more than flows.", difference: 10n },
  ]);
  expect(judgeFlow([], 100n, 0n)).toEqual([{ what: "The flow's rate is another.", difference: 100n }]);
});
