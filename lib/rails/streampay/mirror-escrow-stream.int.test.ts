import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import type { EscrowEvent } from "@/lib/domain/escrow-stream";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { listProvider, someAddress } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { failLostStreams } from "../fail-lost-streams";
import { mirrorEscrowStream } from "./mirror-escrow-stream";

const CHAIN = 31_337;
const USDC = "0xb7d38298430417f2c80d5578bded94c51b942055";
const contract = "0xdc6728f962d1b41de0f08dedc20b76a3b541fb19";
/** One dollar a day at 6 decimals, for a day. */
const DEPOSIT = 1_000_000n;
const DAY_MS = 86_400_000n;

const ledger = ledgerForFile();

/** A stream as the chain tells it, to be changed and mirrored again. */
async function chainStream(db: Queryable, of: { deposit?: bigint; token?: string; startedMs?: bigint } = {}) {
  const provider = await listProvider(db);
  const { rows } = await db.query<{ tag: string; now: string }>(
    "insert into asset values ($1, 'USDC', 6, $2, $3, 1000000000000) on conflict do nothing returning provider_tag($4) as tag, clock_ms() as now",
    [`eip155:${CHAIN}/erc20:${of.token ?? USDC}-${provider.id}`, CHAIN, USDC, provider.id],
  );
  const now = BigInt(rows[0]?.now ?? 0) - (BigInt(rows[0]?.now ?? 0) % 1000n);
  const startMs = now - (of.startedMs ?? 10_000n);
  const sender = someAddress();
  const token = `${of.token ?? USDC}-${provider.id}`;
  const events: EscrowEvent[] = [
    {
      kind: "created",
      sender,
      receiver: provider.owner,
      token,
      deposit: of.deposit ?? DEPOSIT,
      durationMs: DAY_MS,
      tag: BigInt(rows[0]?.tag ?? 0),
      atMs: startMs,
      tx: `0x${randomBytes(32).toString("hex")}`,
      nth: 0,
      confirmed: true,
    },
  ];
  const id = BigInt(`0x${randomBytes(6).toString("hex")}`);
  let number = 100n;
  return {
    provider,
    sender,
    startMs,
    now,
    events,
    emit: (change: Record<string, unknown>) =>
      events.push({
        tx: `0x${randomBytes(32).toString("hex")}`,
        nth: 0,
        confirmed: true,
        atMs: now,
        ...change,
      } as EscrowEvent),
    mirror: (atMs = now) => {
      number += 1n;
      return mirrorEscrowStream(db, { chainId: CHAIN, contract, id }, events, {
        number,
        hash: `0x${number}`,
        atMs,
      });
    },
  };
}

async function row(db: Queryable, id: string | null) {
  const { rows } = await db.query("select * from stream where id = $1", [id]);
  return rows[0];
}

const faultsOf = async (db: Queryable, id: string | null) =>
  (await runInvariants(db)).filter(({ subject }) => subject.includes(String(id)));

describe("a stream of StreamPay in the market", () => {
  test("is opened at the tier that its rate pays for, with its money in the journal once, however often it is mirrored", async () => {
    const { db } = ledger;
    const stream = await chainStream(db, { deposit: 10n * DEPOSIT });
    const id = await stream.mirror();
    expect(await stream.mirror()).toBe(id);
    expect(await row(db, id)).toMatchObject({
      rail: "streampay",
      sender: stream.sender,
      receiver: stream.provider.owner,
      provider_id: stream.provider.id,
      tier: "professional",
      status: "active",
      max_requests_per_hour: 100,
      funded: "10000000",
      billed: "0",
      opened_ms: `${stream.startMs}`,
      depletes_ms: `${stream.startMs + DAY_MS + 1n}`,
      due_ms: null,
    });
    const { rows } = await db.query(
      "select kind, actor, (select amount from posting where entry_id = e.id and account_id like 'escrow:%') as amount from journal_entry e where stream_id = $1",
      [id],
    );
    expect(rows).toEqual([{ kind: "deposit", actor: stream.sender, amount: "10000000" }]);
    expect(await runInvariants(db)).toEqual([]);
  });

  test("follows top-ups, payments and its close to the unit, and leaves nothing in escrow", async () => {
    const { db } = ledger;
    const stream = await chainStream(db);
    const id = await stream.mirror();
    stream.emit({ kind: "topped-up", amount: 500_000n, deposit: 1_500_000n });
    stream.emit({ kind: "paid", amount: 115n });
    await stream.mirror();
    expect(await row(db, id)).toMatchObject({ funded: "1500000", billed: "115", status: "active" });
    expect(await runInvariants(db)).toEqual([]);

    // 1,000,000 units a day for 10 s: 115.74, of which 115 were paid.
    stream.emit({ kind: "cancelled", by: stream.sender, toReceiver: 0n, refund: 1_499_885n });
    await stream.mirror();
    expect(await row(db, id)).toMatchObject({
      status: "settled",
      billed: "115",
      refunded: "1499885",
      close_cause: "sender",
      closed_ms: `${stream.now}`,
    });
    const { rows } = await db.query("select balance from account where id = $1", [`escrow:${id}`]);
    expect(rows).toEqual([{ balance: "0" }]);
    const { rows: told } = await db.query("select kind from stream_event where stream_id = $1 order by seq", [
      id,
    ]);
    expect(told.map(({ kind }) => kind)).toEqual(["opened", "topped-up", "collected", "closed", "settled"]);
    expect(await runInvariants(db)).toEqual([]);
  });

  test("stops serving when a close is seen, and runs on when that block is taken back", async () => {
    const { db } = ledger;
    const stream = await chainStream(db);
    const id = await stream.mirror();
    const before = await row(db, id);
    stream.emit({
      kind: "cancelled",
      by: stream.sender,
      toReceiver: 115n,
      refund: 999_885n,
      confirmed: false,
    });
    await stream.mirror();
    expect(await row(db, id)).toMatchObject({
      status: "closing",
      billed: "0",
      generation: before.generation + 1,
    });
    expect(await faultsOf(db, id)).toEqual([]);

    stream.events.pop();
    await stream.mirror();
    expect(await row(db, id)).toMatchObject({
      status: "active",
      closed_ms: null,
      segment_started_ms: `${stream.startMs}`,
    });
    expect(await runInvariants(db)).toEqual([]);
  });

  test("runs dry at its end, at the millisecond, and is settled by the payment of the last unit", async () => {
    const { db } = ledger;
    const stream = await chainStream(db, { startedMs: 2n * DAY_MS });
    const id = await stream.mirror();
    expect(await row(db, id)).toMatchObject({
      status: "exhausted",
      carried_num: "1000000",
      carried_den: "1",
    });
    await stream.mirror();
    stream.emit({ kind: "paid", amount: DEPOSIT });
    await stream.mirror();
    expect(await row(db, id)).toMatchObject({
      status: "settled",
      billed: "1000000",
      refunded: "0",
      close_cause: "ended",
    });
    const { rows } = await db.query("select kind from stream_event where stream_id = $1 order by seq", [id]);
    expect(rows.map(({ kind }) => kind)).toEqual(["exhausted", "opened", "collected", "closed", "settled"]);
    expect(await runInvariants(db)).toEqual([]);
  });

  test.each([{ what: "one wei a second", of: { deposit: 86_400n } }])(
    "is none when it pays for no tier: $what",
    async ({ of }) => {
      const stream = await chainStream(ledger.db, of);
      expect(await stream.mirror()).toBeNull();
    },
  );

  test("is none when it goes to somebody who lists nothing, or to another listing, or in a token that is no dollar", async () => {
    const { db } = ledger;
    const stream = await chainStream(db);
    const [opening] = stream.events as [EscrowEvent];
    for (const change of [{ receiver: someAddress() }, { tag: 1n }, { token: someAddress() }]) {
      stream.events[0] = { ...opening, ...change } as EscrowEvent;
      expect(await stream.mirror()).toBeNull();
    }
    const { rows } = await db.query("select count(*) from stream where sender = $1", [stream.sender]);
    expect(rows).toEqual([{ count: "0" }]);
  });

  test("fails when its chain says nothing of it any more, and runs on when it does again", async () => {
    const { db } = ledger;
    const stream = await chainStream(db);
    const id = await stream.mirror();
    const kept = stream.events.splice(0);
    expect(await stream.mirror()).toBeNull();
    expect(await row(db, id)).toMatchObject({ status: "active" });
    await db.query(
      "insert into chain_cursor (chain_id, sources, number, hash, at_ms, confirmed_number, head_number) values ($1, '', 9, '0x', 0, 9, 10) on conflict do nothing",
      [CHAIN],
    );
    expect(await failLostStreams(db, CHAIN)).toEqual([]); // The index is not at the head yet.
    await db.query("update chain_cursor set number = 10 where chain_id = $1", [CHAIN]);
    expect(await failLostStreams(db, CHAIN)).toContain(id);
    expect(await failLostStreams(db, CHAIN)).toEqual([]);
    expect(await row(db, id)).toMatchObject({ status: "failed", close_cause: "reorganised" });
    expect(await runInvariants(db)).toEqual([]);

    stream.events.push(...kept);
    await stream.mirror();
    expect(await row(db, id)).toMatchObject({ status: "active", closed_ms: null });
    expect(await runInvariants(db)).toEqual([]);
  });

  test("is not for the ledger's functions: they refuse and write nothing", async () => {
    const { db } = ledger;
    const stream = await chainStream(db);
    const id = await stream.mirror();
    const before = await row(db, id);
    for (const name of [
      "close_stream",
      "pause_stream",
      "top_up_stream",
      "change_stream_tier",
      "collect_stream",
    ])
      await expect(
        db.query(`select ${name}($1)`, [
          {
            actor: name === "collect_stream" ? stream.provider.owner : stream.sender,
            streamId: id,
            amount: "1",
            tier: "basic",
          },
        ]),
      ).rejects.toMatchObject({ code: "SP001", message: "stream-on-chain" });
    await db.query("select sweep_batch('{\"limit\": 100}')");
    await db.query("select collect_streams($1)", [{ actor: stream.provider.owner, limit: 100 }]);
    expect(await row(db, id)).toEqual(before);
  });
});
