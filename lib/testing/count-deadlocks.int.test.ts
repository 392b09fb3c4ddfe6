import { expect, test } from "vitest";
import { countDeadlocks } from "./count-deadlocks";
import { ledgerForFile } from "./ledger-for-file";

const ledger = ledgerForFile(4);

test("given two transactions that waited for each other, it counts one deadlock, at once", async () => {
  expect(await countDeadlocks(ledger.db)).toBe(0);
  const [one, other] = [await ledger.db.connect(), await ledger.db.connect()];
  const lock = (key: number) => `select pg_advisory_xact_lock(${key})`;
  for (const [client, key] of [
    [one, 1],
    [other, 2],
  ] as const)
    await client.query(`begin; ${lock(key)}`);
  const ends = await Promise.allSettled([one.query(lock(2)), other.query(lock(1))]);
  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  for (const client of [one, other]) {
    await client.query("rollback");
    client.release();
  }
  expect(await countDeadlocks(ledger.db)).toBe(1);
});
