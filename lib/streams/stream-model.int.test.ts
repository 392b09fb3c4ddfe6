import fc from "fast-check";
import { expect, test } from "vitest";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { playInDomain } from "@/lib/testing/stream-model/play-in-domain";
import { playInSql, prepareSqlPlayer } from "@/lib/testing/stream-model/play-in-sql";
import { someLife } from "@/lib/testing/stream-model/some-life";

const BEGIN_MS = DAY_BEGIN_MS + 80_000_000n; // The UTC day, and with it a rule's daily maximum, ends on the way.

const { simulated } = ledgerForFile(1);

test("given any life of a stream, the SQL functions and lib/domain agree after every step, to the unit", async () => {
  await simulated(async ({ db }) => {
    await prepareSqlPlayer(db);
    await fc.assert(
      fc.asyncProperty(someLife, async (life) => {
        const domain = playInDomain(life, BEGIN_MS);
        await db.query("savepoint life");
        const sql = await playInSql(db, life, domain.asks).catch(async (error) => {
          await db.query("rollback to savepoint life"); // So that fast-check can go on and find the shortest such life.
          throw error;
        });
        for (const [index, seen] of domain.agreed.entries()) {
          const told = domain.asks
            .slice(0, index + 1)
            .map(({ nowMs, act }) => `${nowMs - BEGIN_MS} ${act.kind}`);
          expect(sql.agreed[index], told.join(", ")).toEqual(seen);
        }
        expect(sql.events.filter(({ kind }) => kind !== "auto-top-up-failed")).toEqual(domain.events);
      }),
      { numRuns: 500 },
    );
    const found = await runInvariants(db);
    expect(found.filter(({ id }) => id !== "I19" && id !== "I24")).toEqual([]); // The lives end at different times.
  });
});
