import { beforeAll, describe, expect, test } from "vitest";
import { signReceipt } from "@/lib/mpp/receipt";
import { type ReceiptKey, receiptKey } from "@/lib/mpp/receipt-keys";
import type { Books } from "./books";
import type { Evidence } from "./evidence";
import { createHistory, type Operation } from "./history";
import { judge } from "./verdict";

const PAYER = `0x${"a".repeat(40)}`;
const OWNER = `0x${"b".repeat(40)}`;
const PRICE = 7n;

let key: ReceiptKey;
beforeAll(async () => {
  key = await receiptKey("a secret of tests, at least 32 bytes long");
});

/** One of each: a credit, a stream with a pause and a priced call, closed after 10 ms at 3 units a millisecond. */
async function evidence(): Promise<Evidence & { call: Operation; open: Operation }> {
  const history = createHistory();
  const done = (digest: string, body: unknown = {}) => ({
    done: true,
    status: 200,
    code: null,
    digest,
    body,
  });
  const begin = (kind: Operation["kind"], over: Partial<Operation> = {}) =>
    history.begin(kind, PAYER, { key: `key-${kind}`, answers: [done(kind)], ...over });
  begin("credit", { amount: 1_000n });
  const open = begin("open", { amount: 500n, streamId: "str_1" });
  begin("pause", { streamId: "str_1" });
  const receipt = await signReceipt({ requestId: "req_1", responseDigest: "sha-256=:x:" }, key);
  const call = begin("call", {
    paid: [{ requestId: "req_1", streamId: "str_1", receipt, responseDigest: "sha-256=:x:" }],
  });
  begin("close", { streamId: "str_1", answers: [done("37 463", { totalPaid: "37" })] });

  const books: Books = {
    violations: [],
    entries: [
      { kind: "credit", actor: PAYER, streamId: null, amount: 1_000n },
      { kind: "deposit", actor: PAYER, streamId: "str_1", amount: 500n },
      { kind: "settle", actor: OWNER, streamId: "str_1", amount: 37n },
      { kind: "refund", actor: PAYER, streamId: "str_1", amount: 463n },
    ],
    keys: new Set(["credit", "open", "pause", "close"].map((kind) => `${PAYER} key-${kind}`)),
    requests: new Map([
      [
        "req_1",
        {
          id: "req_1",
          payer: PAYER,
          streamId: "str_1",
          state: "served",
          key: "key-call",
          price: PRICE,
          receipt: JSON.stringify(receipt),
        },
      ],
    ]),
    events: [{ streamId: "str_1", kind: "paused", data: {} }],
    streams: new Map([
      [
        "str_1",
        {
          id: "str_1",
          sender: PAYER,
          receiver: OWNER,
          status: "settled",
          funded: 500n,
          billed: 37n,
          refunded: 463n,
          used: PRICE,
        },
      ],
    ]),
    segments: [
      {
        streamId: "str_1",
        rate: { amount: 3n, periodMs: 1n },
        startMs: 100n,
        endMs: 110n,
        endCause: "close",
      },
    ],
    wallets: new Map(),
    escrow: 0n,
  };
  const balances = new Map([
    [PAYER, 963n],
    [OWNER, 37n],
  ]);
  return { history, books, balances, upstream: new Map([["req_1", 1]]), keys: [key.publicJwk], call, open };
}

describe("judge", () => {
  test("given books that say what the clients were told, it finds nothing", async () => {
    expect(await judge(await evidence())).toEqual([]);
  });

  type Change = (all: Awaited<ReturnType<typeof evidence>>) => unknown;
  test.each<{ given: string; change: Change; checks: string[] }>([
    {
      given: "a violated invariant",
      change: ({ books }) => books.violations.push({ id: "I1", subject: "s", detail: "d" }),
      checks: ["invariants"],
    },
    {
      given: "an acknowledged deposit that is not there",
      change: ({ books }) => books.entries.splice(1, 1),
      checks: ["lost"],
    },
    {
      given: "a deposit that is there twice",
      change: ({ books }) =>
        books.entries.push({ kind: "deposit", actor: PAYER, streamId: "str_1", amount: 500n }),
      checks: ["twice"],
    },
    {
      given: "a deposit that nobody asked for",
      change: ({ books }) =>
        books.entries.push({ kind: "top-up", actor: PAYER, streamId: "str_1", amount: 1n }),
      checks: ["unasked"],
    },
    {
      given: "a key that is not used up",
      change: ({ books }) => books.keys.delete(`${PAYER} key-pause`),
      checks: ["lost"],
    },
    {
      given: "a pause that is there twice",
      change: ({ books }) => books.events.push({ streamId: "str_1", kind: "paused", data: {} }),
      checks: ["twice"],
    },
    { given: "a pause that is not there", change: ({ books }) => books.events.pop(), checks: ["lost"] },
    {
      given: "two answers to one key",
      change: ({ open }) =>
        open.answers.push({ done: true, status: 200, code: null, digest: "another", body: {} }),
      checks: ["divergent"],
    },
    {
      given: "a run without a served call",
      change: (all) => {
        all.call.answers = [{ done: false, status: 402, code: "stream/paused", digest: "", body: {} }];
        all.call.lost = 1;
      },
      checks: ["idle"],
    },
    { given: "no answer", change: ({ open }) => (open.unanswered = true), checks: ["unanswered"] },
    {
      given: "a conflict of keys",
      change: ({ open }) =>
        open.answers.push({ done: false, status: 409, code: "idempotency-conflict", digest: "", body: {} }),
      checks: ["refusals"],
    },
    {
      given: "an error of ours",
      change: ({ history }) =>
        history.serverErrors.push({ status: 500, code: "internal", what: "/", at: new Date() }),
      checks: ["errors"],
    },
    {
      given: "a paid call that is void",
      change: ({ books }) => Object.assign(books.requests.get("req_1") ?? {}, { state: "voided" }),
      checks: ["lost", "money"],
    },
    {
      given: "a receipt that somebody changed",
      change: ({ call }) => Object.assign(call.paid[0]?.receipt ?? {}, { price: "0" }),
      checks: ["receipts"],
    },
    {
      given: "a receipt of another answer",
      change: ({ call }) => Object.assign(call.paid[0] ?? {}, { responseDigest: "sha-256=:y:" }),
      checks: ["receipts"],
    },
    {
      given: "a served call that the provider never saw",
      change: ({ upstream }) => upstream.clear(),
      checks: ["upstream"],
    },
    {
      given: "a call that the provider served twice",
      change: ({ upstream }) => upstream.set("req_1", 2),
      checks: ["upstream"],
    },
    {
      given: "a served call that nobody made",
      change: ({ books, upstream }) => {
        books.requests.set("req_2", {
          id: "req_2",
          payer: PAYER,
          streamId: null,
          state: "served",
          key: null,
          price: 0n,
          receipt: "{}",
        });
        upstream.set("req_2", 1);
      },
      checks: ["unasked"],
    },
    { given: "a unit in escrow", change: ({ books }) => (books.escrow = 1n), checks: ["money"] },
    {
      given: "a wallet that lacks a unit",
      change: ({ balances }) => balances.set(PAYER, 962n),
      checks: ["money"],
    },
    {
      given: "a stream that paid a unit more than flowed",
      change: ({ books }) => Object.assign(books.segments[0] ?? {}, { rate: { amount: 29n, periodMs: 10n } }),
      checks: ["money"],
    },
    {
      given: "a stream that is not settled",
      change: ({ books }) => Object.assign(books.streams.get("str_1") ?? {}, { status: "closing" }),
      checks: ["open"],
    },
  ])("given $given, it says so", async ({ change, checks }) => {
    const all = await evidence();
    change(all);
    expect([...new Set((await judge(all)).map(({ check }) => check))].sort()).toEqual(checks);
  });

  test("given a refusal with a lost sending, it allows one effect", async () => {
    const all = await evidence();
    const refused = { done: false, status: 409, code: "stream-state", digest: "", body: {} };
    all.history.begin("pause", PAYER, { key: "key-2", streamId: "str_1", lost: 1, answers: [refused] });
    all.books.events.push({ streamId: "str_1", kind: "paused", data: {} });
    all.books.keys.add(`${PAYER} key-2`);
    expect(await judge(all)).toEqual([]);
  });
});
