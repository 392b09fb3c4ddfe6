import { expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import {
  authorise,
  authorised,
  complete,
  fundedAddress,
  listProvider,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { forgetDenied } from "./forget-denied";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";

const DAY_MS = 86_400_000n;
const { simulated } = ledgerForFile();

test("given refused calls, those older than a week are forgotten, and the stream still counts all of them", () =>
  simulated(async ({ db, at }) => {
    const { own, call } = await begin(db);
    await complete(db, (await authorised(db, call())).requestId);
    for (let n = 0; n < 3; n += 1) expect((await authorise(db, call())).outcome).toBe("denied"); // One call an hour.
    await at(T0 + 1_000n);
    await authorise(db, call());

    await at(T0 + 7n * DAY_MS);
    expect(await forgetDenied({}, db)).toBe(0);
    await at(T0 + 7n * DAY_MS + 1n);
    expect(await forgetDenied({}, db)).toBe(3);
    expect(await forgetDenied({}, db)).toBe(0);
    expect(await logged(db)).toEqual([
      { state: "denied", n: "1" },
      { state: "served", n: "1" },
    ]);
    expect(await getStream(own, db)).toMatchObject({ denied: 4n, served: 1n });
    expect(await violations(db)).toEqual([]);

    await at(T0 + 7n * DAY_MS + 1_001n);
    expect(await forgetDenied({}, db)).toBe(1);
    expect(await violations(db)).toEqual([]);
  }));

test("given a refused call that goes without being tallied, the books say so", () =>
  simulated(async ({ db }) => {
    const { own, call } = await begin(db);
    await authorised(db, call());
    await authorise(db, call());
    await db.query("delete from request where state = 'denied'");
    expect(await violations(db)).toEqual([expect.objectContaining({ id: "I13", subject: own.streamId })]);
  }));

test("given a million logged calls, the oldest refused ones are found by their index", () =>
  simulated(async ({ db }) => {
    await db.query("set local enable_seqscan = off");
    const { rows } = await db.query<{ "QUERY PLAN": string }>(
      "explain select id from request where seq is null and at_ms < (select clock_ms()) - 1 order by at_ms limit 2000",
    );
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("request_denied");
    // A bound, and not a filter: it stops at the first call that is too young.
    expect(plan).toMatch(/Index Cond: \(at_ms </);
  }));

/** A running stream that may be called once an hour. */
async function begin(db: Queryable) {
  const provider = await listProvider(db, { tiers: { basic: { maxRequestsPerHour: 1 } } });
  const actor = await fundedAddress(db, 1_000n * TOKEN);
  const deposit = 500n * TOKEN;
  const { id } = await openStream(
    { actor, idempotencyKey: "open", providerId: provider.id, tier: "basic", deposit, autoTopUp: null },
    db,
  );
  const call = () => someCall({ providerId: provider.id, payer: actor });
  return { own: { actor, streamId: id }, call };
}

async function logged(db: Queryable) {
  const { rows } = await db.query("select state, count(*) as n from request group by 1 order by 1");
  return rows;
}

/** Without I24: the clock ran for a week and nobody swept. */
async function violations(db: Queryable) {
  return (await runInvariants(db)).filter(({ id }) => id !== "I24" && id !== "I19");
}
