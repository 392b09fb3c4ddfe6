import { describe, expect, test } from "vitest";
import { LEDGER_ASSET } from "./asset";
import { parseStreamEvent, type StreamEvent, sentenceFor } from "./stream-event";

const TOKEN = 10n ** 18n;
const atMs = 1_795_183_402_000n; // 2026-11-20T14:03:22Z

const stored: [kind: string, data: Record<string, unknown>, sentence: string][] = [
  [
    "opened",
    {
      tier: "professional",
      rate: { amount: "10000000000000000000", periodMs: "86400000" },
      deposit: "1666666666666666667",
    },
    "Opened at 14:03:22 UTC: professional, 10 USDCx a day, deposit 1.666667 USDCx.",
  ],
  [
    "topped-up",
    { amount: `${TOKEN}`, funded: `${2n * TOKEN}` },
    "Topped up at 14:03:22 UTC by 1 USDCx, 2 USDCx put in so far.",
  ],
  [
    "auto-topped-up",
    { amount: `${TOKEN}`, funded: `${3n * TOKEN}` },
    "Topped up by its rule at 14:03:22 UTC by 1 USDCx, 3 USDCx put in so far.",
  ],
  [
    "auto-top-up-failed",
    { reason: "the wallet is too low", amount: `${TOKEN}` },
    "Not topped up at 14:03:22 UTC: the wallet is too low (1 USDCx wanted).",
  ],
  [
    "auto-top-up-set",
    { triggerMs: 3_600_000, chunkMs: "14400000", dailyMax: `${20n * TOKEN}`, expiresMs: null },
    "Rule set at 14:03:22 UTC: top up by itself, at most 20 USDCx a day.",
  ],
  ["auto-top-up-cleared", {}, "Rule taken back at 14:03:22 UTC: no more top-ups by itself."],
  [
    "tier-changed",
    { from: "basic", to: "odd", rate: { amount: `${100n * TOKEN}`, periodMs: 7_000 } },
    "Changed from basic to odd at 14:03:22 UTC: 100 USDCx every 7 s from then on.",
  ],
  [
    "opened",
    { tier: "basic", rate: { amount: "11574074074074", periodMs: 1_000 }, deposit: "0" },
    "Opened at 14:03:22 UTC: basic, 1 USDCx a day.",
  ],
  [
    "opened",
    { tier: "basic", rate: { amount: `${TOKEN}`, periodMs: 14_400_000 }, deposit: `${TOKEN}` },
    "Opened at 14:03:22 UTC: basic, 1 USDCx every 4 h, deposit 1 USDCx.",
  ],
  ["paused", { remaining: "1250000000000000001" }, "Paused at 14:03:22 UTC: nothing flows, 1.25 USDCx left."],
  ["resumed", { remaining: "0" }, "Resumed at 14:03:22 UTC with 0 USDCx left."],
  [
    "exhausted",
    { paid: "1666666666666666667", graceUntilMs: "1795183402000" },
    "Stopped: deposit empty at 14:03:22 UTC, paid 1.666667 USDCx, owed 0.",
  ],
  ["revived", { remaining: `${TOKEN}` }, "Running again from 14:03:22 UTC with 1 USDCx."],
  [
    "collected",
    { amount: `${TOKEN}`, billed: `${10n * TOKEN}` },
    "Collected 1 USDCx at 14:03:22 UTC, 10 USDCx paid so far.",
  ],
  ["closed", { cause: "sender", held: "0" }, "Closed by the sender at 14:03:22 UTC."],
  [
    "closed",
    { cause: "grace-ended", held: `${TOKEN}` },
    "Closed because nobody topped it up in time at 14:03:22 UTC, 1 USDCx waits for calls in flight.",
  ],
  ["settled", { paid: `${TOKEN}`, refund: "0" }, "Settled at 14:03:22 UTC: paid 1 USDCx, refunded 0 USDCx."],
];

describe("a stored event", () => {
  test.each(stored)("%s with %j reads as one plain sentence", (kind, data, sentence) => {
    expect(sentenceFor(parseStreamEvent(kind, atMs, data), LEDGER_ASSET)).toEqual({ text: sentence, atMs });
  });

  test("its time is written as the reader's place does", () => {
    const event: StreamEvent = { kind: "closed", atMs, data: { cause: "receiver", held: 0n } };
    const { text } = sentenceFor(event, LEDGER_ASSET, (ms) => `the moment ${ms}`);
    expect(text).toBe("Closed by the receiver at the moment 1795183402000.");
  });

  test.each([
    ["of a kind that nobody writes", "vanished", {}],
    ["of a kind that every object has", "toString", {}],
    ["without a member", "paused", {}],
    ["with a negative amount", "paused", { remaining: "-1" }],
    ["with a fraction", "paused", { remaining: 1.5 }],
    ["with a number too big for a number", "paused", { remaining: 1e21 }],
    ["with a rate that is none", "tier-changed", { from: "a", to: "b", rate: "fast" }],
    ["with a number for a text", "closed", { cause: 1, held: "0" }],
  ])("%s is our bug", (_, kind, data) => {
    expect(() => parseStreamEvent(kind, atMs, data)).toThrow(Error);
  });
});
