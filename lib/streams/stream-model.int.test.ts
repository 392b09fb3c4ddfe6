import fc from "fast-check";
import { expect, test } from "vitest";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS, type SimulatedLedger } from "@/lib/testing/simulated-ledger";
import { playInDomain } from "@/lib/testing/stream-model/play-in-domain";
import { playInSql, prepareSqlPlayer } from "@/lib/testing/stream-model/play-in-sql";
import { type Life, someLife } from "@/lib/testing/stream-model/some-life";

const BEGIN_MS = DAY_BEGIN_MS + 80_000_000n; // The UTC day, and with it a rule's daily maximum, ends on the way.
const BATCHES = 6;
const LIVES = 50;
const { simulated } = ledgerForFile(1);

test.each([
  { how: "one by one", inSets: false },
  { how: "in sets", inSets: true },
])(
  "given any life of a stream, swept and collected $how, the SQL functions and lib/domain agree after every step, to the unit",
  async ({ inSets }) => {
    const seen = new Map<string, number>();
    // A transaction gets slow when thousands of its own row versions pile up, so that each batch has one.
    for (let batch = 0; batch < BATCHES; batch += 1)
      await simulated(async ({ db }) => {
        await prepareSqlPlayer(db);
        const property = fc.asyncProperty(someLife, (life) => compare(db, life, inSets, seen));
        await fc.assert(property, { numRuns: LIVES });
        const found = await runInvariants(db);
        expect(found.filter(({ id }) => id !== "I19" && id !== "I24")).toEqual([]); // The lives end at different times.
      });
    // Agreement would prove little about what random lives never came to.
    for (const what of REACHED) expect(seen.get(what) ?? 0, what).toBeGreaterThan(BATCHES * LIVES * 0.02);
  },
);

const REACHED = [
  ...["active", "paused", "exhausted", "closing", "settled"],
  ...["authorise stream/paused", "authorise stream/terminated", "authorise stream/deposit-exhausted"],
  ...["topUp stream-state", "topUp invalid-input", "changeTier insufficient-balance", "pause stream-state"],
  ...["open invalid-input", "event auto-topped-up", "event revived", "event collected"],
];

async function compare(
  db: SimulatedLedger["db"],
  life: Life,
  inSets: boolean,
  seen: Map<string, number>,
): Promise<void> {
  const domain = playInDomain(life, BEGIN_MS);
  await db.query("savepoint life");
  const sql = await playInSql(db, life, domain.asks, inSets).catch(async (error) => {
    await db.query("rollback to savepoint life"); // So that fast-check can go on and find the shortest such life.
    throw error;
  });
  await db.query("release savepoint life");
  for (const [index, agreed] of domain.agreed.entries()) {
    const told = domain.asks
      .slice(0, index + 1)
      .map(({ nowMs, act }) => `${nowMs - BEGIN_MS} ${act.kind}`)
      .join(", ");
    expect(sql.agreed[index], told).toEqual(agreed);
    count(seen, agreed.status);
    if (agreed.refusal) count(seen, `${domain.asks[index]?.act.kind} ${agreed.refusal.code}`);
  }
  // What lib/domain leaves out: a rule that could not act is no event of the money.
  expect(sql.events.filter(({ kind }) => kind !== "auto-top-up-failed")).toEqual(domain.events);
  for (const { kind } of domain.events) count(seen, `event ${kind}`);
}

function count(seen: Map<string, number>, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}
