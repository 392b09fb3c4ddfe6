import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { walletNetwork } from "@/lib/chain/wallet-network";
import { followPending } from "./follow-pending";
import type { PendingCall } from "./pending-calls";
import { forgetCall, pendingCalls, rememberCall } from "./pending-calls";

const RELAY = `0x${"5a".repeat(32)}`;
const call: PendingCall = {
  ...{ via: "relay", id: RELAY, chainId: 31_337, account: "0xA1" },
  ...{ what: "Open a stream to HolterAI", sentMs: Date.now() },
};

/** What the market answers to each look, in order; the last one for ever. `null`: no answer comes. */
let looks: ({ status: number; body: object } | null)[];
let said: string[];

beforeEach(() => {
  vi.useFakeTimers();
  [looks, said] = [[], []];
  vi.stubGlobal("fetch", async (path: string) => {
    expect(path).toBe(`/api/v1/streams/relay/${RELAY}`);
    const look = looks.length > 1 ? looks.shift() : looks[0];
    if (!look) throw new TypeError("Failed to fetch");
    return Response.json(look.body, { status: look.status });
  });
});
afterEach(() => vi.useRealTimers());

const told = (state: string, more: object = {}) => ({
  status: 200,
  body: { relayId: RELAY, state, transaction: null, streamId: null, error: null, ...more },
});

async function end() {
  const tools = { network: walletNetwork({ CHAIN_ID: 31_337 }), batcher: async () => null };
  const ending = followPending(call, tools, (stands) => said.push(stands));
  await vi.advanceTimersByTimeAsync(120_000);
  return ending;
}

test("an opening that the market sends is followed until its stream is there, over answers that are lost", async () => {
  const hash = `0x${"ab".repeat(32)}`;
  looks = [
    told("signed"),
    null,
    told("confirmed", { transaction: hash }),
    told("final", { streamId: "str_1" }),
  ];
  expect(await end()).toEqual({ good: true, title: "the stream is active", detail: null, over: true });
  expect(said).toEqual(["the market sends it, not confirmed yet", "on the chain, the market is reading it"]);
});

test("one that the chain refused is told as that, with the reason, and is over", async () => {
  looks = [
    told("submitted"),
    told("failed", { error: { code: "reverted", sentence: "The payer has too little." } }),
  ];
  expect(await end()).toEqual({
    ...{ good: false, title: "Nothing was opened", detail: "The payer has too little.", over: true },
  });
});

test("one that the market never got is over after a while; until then it may still be on its way", async () => {
  const unknown = { status: 404, body: { detail: "No stream is being opened under that id." } };
  looks = [unknown, unknown, told("final", { streamId: "str_1" })];
  expect(await end()).toMatchObject({ good: true, over: true });
  looks = [unknown];
  expect(await end()).toMatchObject({
    ...{ good: false, title: "Nothing was opened", over: true },
    detail: "The market never got it. What you signed is used by nobody: try again.",
  });
});

test("without an answer nothing is claimed, and it is asked again after the next reload", async () => {
  looks = [null];
  expect(await end()).toMatchObject({ good: false, title: "still under way", over: false });
  expect(said).toEqual([]);
});

test("what was handed to the market is remembered once, and forgotten by its name", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  rememberCall(call);
  rememberCall(call);
  rememberCall({ ...call, via: "batch", id: "batch 1" });
  expect(pendingCalls().map(({ via, id }) => [via, id])).toEqual([
    ["relay", RELAY],
    ["batch", "batch 1"],
  ]);
  forgetCall(RELAY);
  expect(pendingCalls()).toHaveLength(1);
  expect(pendingCalls(Date.now() + 24 * 3_600_000)).toEqual([]);
});
