import { describe, expect, test } from "vitest";
import { LEDGER_ASSET } from "./asset";
import { perDay } from "./rate";
import { type StreamEvent, sentenceFor } from "./stream-event";

const TOKEN = 10n ** 18n;
const atMs = 1_795_183_402_000n; // 2026-11-20T14:03:22Z

const events: readonly (readonly [StreamEvent, string])[] = [
  [
    {
      kind: "opened",
      atMs,
      data: { tier: "professional", rate: perDay(10n * TOKEN), deposit: 1_666_666_666_666_666_667n },
    },
    "Opened at 14:03:22 UTC: professional, 10 USDCx a day, deposit 1.666667 USDCx.",
  ],
  [
    { kind: "topped-up", atMs, data: { amount: TOKEN, funded: 2n * TOKEN } },
    "Topped up at 14:03:22 UTC by 1 USDCx, 2 USDCx put in so far.",
  ],
  [
    { kind: "auto-topped-up", atMs, data: { amount: TOKEN, funded: 3n * TOKEN } },
    "Topped up by its rule at 14:03:22 UTC by 1 USDCx, 3 USDCx put in so far.",
  ],
  [
    { kind: "auto-top-up-failed", atMs, data: { reason: "the wallet is too low", amount: TOKEN } },
    "Not topped up at 14:03:22 UTC: the wallet is too low (1 USDCx wanted).",
  ],
  [
    { kind: "auto-top-up-set", atMs, data: {} },
    "Rule set at 14:03:22 UTC: from now on it tops up by itself.",
  ],
  [
    { kind: "auto-top-up-cleared", atMs, data: {} },
    "Rule taken back at 14:03:22 UTC: it no longer tops up by itself.",
  ],
  [
    {
      kind: "tier-changed",
      atMs,
      data: { from: "basic", to: "odd", rate: { amount: 100n * TOKEN, periodMs: 7_000n } },
    },
    "Changed from basic to odd at 14:03:22 UTC: 100 USDCx every 7000 ms from then on.",
  ],
  [
    { kind: "paused", atMs, data: { remaining: 1_250_000_000_000_000_001n } },
    "Paused at 14:03:22 UTC: nothing flows, 1.25 USDCx left.",
  ],
  [{ kind: "resumed", atMs, data: { remaining: 0n } }, "Resumed at 14:03:22 UTC with 0 USDCx left."],
  [
    { kind: "exhausted", atMs, data: { paid: 1_666_666_666_666_666_667n, graceUntilMs: atMs } },
    "Stopped: deposit empty at 14:03:22 UTC, paid 1.666667 USDCx, owed 0.",
  ],
  [{ kind: "revived", atMs, data: { remaining: TOKEN } }, "Running again from 14:03:22 UTC with 1 USDCx."],
  [
    { kind: "collected", atMs, data: { amount: TOKEN, billed: 10n * TOKEN } },
    "Collected 1 USDCx at 14:03:22 UTC, 10 USDCx paid so far.",
  ],
  [{ kind: "closed", atMs, data: { cause: "sender", held: 0n } }, "Closed by the sender at 14:03:22 UTC."],
  [
    { kind: "closed", atMs, data: { cause: "grace-ended", held: TOKEN } },
    "Closed because nobody topped it up in time at 14:03:22 UTC, 1 USDCx waits for calls in flight.",
  ],
  [
    { kind: "settled", atMs, data: { paid: TOKEN, refund: 0n } },
    "Settled at 14:03:22 UTC: paid 1 USDCx, refunded 0 USDCx.",
  ],
];

describe("an event of a stream", () => {
  test.each(events.map(([event, text]) => ({ event, text })))(
    "$event.kind reads: $text",
    ({ event, text }) => {
      expect(sentenceFor(event, LEDGER_ASSET)).toEqual({ text, atMs });
    },
  );

  test("has its time written as the reader's place does", () => {
    const event: StreamEvent = { kind: "closed", atMs, data: { cause: "receiver", held: 0n } };
    const { text } = sentenceFor(event, LEDGER_ASSET, (ms) => `the moment ${ms}`);
    expect(text).toBe("Closed by the receiver at the moment 1795183402000.");
  });
});
