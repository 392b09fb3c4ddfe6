/** What sees that credit is not backed: rows that were changed by hand, money functions with a fault planted in them, and a chain without the money. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { checkBacking } from "@/lib/rails/check/check-backing";
import { startTestDevnet } from "@/lib/testing/devnet";
import { fundedAddress } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { plantBug } from "@/lib/testing/plant-bug";
import { DOLLAR, type WithdrawalRig, withdrawalRig } from "../testing/withdrawal-rig";

const ledger = ledgerForFile(4);
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let rig: WithdrawalRig;
let payer: Awaited<ReturnType<WithdrawalRig["payerWith"]>>;
let sent: string;
beforeAll(async () => {
  devnet = await startTestDevnet();
  rig = await withdrawalRig(ledger.db, devnet);
  payer = await rig.payerWith(9_000_000n);
  sent = (await rig.withdraw(payer, 2n * DOLLAR)).id;
  await rig.box.until(`withdraw:${sent}`, "confirmed");
});
afterAll(() => devnet?.stop());

/** Does `work` in one transaction, and says which checks fail then. Nothing of it stays. */
async function namedAfter(work: (db: pg.PoolClient) => Promise<unknown>): Promise<string[]> {
  const db = await ledger.db.connect();
  try {
    await db.query("begin");
    await work(db);
    return [...new Set((await runInvariants(db)).map(({ id }) => id))].sort();
  } finally {
    await db.query("rollback");
    db.release();
  }
}
const withdraw = async (db: pg.PoolClient) =>
  (await rig.withdraw(payer, DOLLAR, { db: db as unknown as pg.Pool })).id;
const giveBack = (db: pg.PoolClient, id: string) =>
  db.query("select end_withdrawal($1::jsonb)", [JSON.stringify({ id, paidBy: null })]);
const overdue = (db: pg.PoolClient, id: string) =>
  db.query("update chain_withdrawal set valid_before_ms = 0 where id = $1", [id]);

test("what is as it should be is not named: begun, paid and returned", async () => {
  const named = await namedAfter(async (db) => {
    const id = await withdraw(db);
    await overdue(db, id);
    await giveBack(db, id);
    await withdraw(db);
    await db.query("select end_withdrawal($1::jsonb)", [JSON.stringify({ id: sent, paidBy: "0x1" })]);
  });
  expect(named).toEqual([]);
});

test("on a chain of real money a ledger pays whose only source is payments, and never again once there is another", async () => {
  const named = await namedAfter(async (db) => {
    const real = { db: db as unknown as pg.Pool, mixed: false };
    await rig.withdraw(payer, DOLLAR, real);
    await db.query("savepoint before");
    await fundedAddress(db, 1n);
    await expect(rig.withdraw(payer, DOLLAR, real)).rejects.toMatchObject({
      ...{ code: "wallet/not-backed", options: { extensions: { available: "0" } } },
    });
    await db.query("rollback to before");
  });
  expect(named).toEqual([]);
});

describe("a row that somebody changed", () => {
  test.each([
    { what: "what was charged", sql: "update chain_backing set charged = charged + 1", ids: ["I27"] },
    { what: "what was withdrawn", sql: "update chain_backing set withdrawn = withdrawn - 1", ids: ["I27"] },
    { what: "the backing, deleted", sql: "delete from chain_backing", ids: ["I27"] },
    { what: "a charge", sql: "update chain_charge set amount = amount + 1", ids: ["I27"] },
    { what: "a charge, deleted", sql: "delete from chain_charge", ids: ["I27"] },
    { what: "who paid a charge", sql: "update chain_charge set payer = '0xelse'", ids: ["I27"] },
    {
      what: "the amount of a withdrawal",
      sql: "update chain_withdrawal set amount = amount - 1",
      ids: ["I27"],
    },
    { what: "who got a withdrawal", sql: "update chain_withdrawal set payee = '0xelse'", ids: ["I27"] },
    { what: "a withdrawal, deleted", sql: "delete from chain_withdrawal", ids: ["I27"] },
    {
      what: "a withdrawal that says it was returned, and the backing with it",
      sql: "with w as (update chain_withdrawal set state = 'returned', ended_ms = 1 returning amount) update chain_backing set withdrawn = withdrawn - (select sum(amount) from w)",
      ids: ["I27"],
    },
    {
      what: "a withdrawal that hangs",
      sql: "update chain_withdrawal set valid_before_ms = 0",
      ids: ["I24"],
    },
    {
      what: "what the account held",
      sql: "insert into chain_backing_check select asset, 1, 1, charged - withdrawn - 1, charged - withdrawn from chain_backing",
      ids: ["I28"],
    },
  ])("$what is named", async ({ sql, ids }) => {
    const named = await namedAfter(async (db) => {
      await db.query("set local session_replication_role = replica");
      expect((await db.query(sql)).rowCount).toBeGreaterThan(0);
    });
    expect(named).toEqual(ids);
  });
});

describe("a fault in the money functions", () => {
  test("that does not count a withdrawal is named", async () => {
    const named = await namedAfter(async (db) => {
      await plantBug(db, "withdraw_credit", "withdrawn = b.withdrawn + paid", "withdrawn = b.withdrawn");
      await withdraw(db);
    });
    expect(named).toEqual(["I27"]);
  });

  test("that debits less than is paid is named", async () => {
    const named = await namedAfter(async (db) => {
      await plantBug(db, "withdraw_credit", "wallet, outside, debit)", "wallet, outside, debit - 1)");
      await withdraw(db);
    });
    expect(named).toEqual(["I27"]);
  });

  test("that gives back more than was debited is named", async () => {
    const named = await namedAfter(async (db) => {
      await plantBug(db, "end_withdrawal", "wallet, w.debit)", "wallet, w.debit + 1)");
      const id = await withdraw(db);
      await overdue(db, id);
      await giveBack(db, id);
    });
    expect(named).toEqual(["I27"]);
  });

  test("that gives back what the chain has paid is named", async () => {
    const named = await namedAfter(async (db) => {
      await plantBug(db, "end_withdrawal", " OR i.state IN ('confirmed', 'final')", "");
      await overdue(db, sent);
      await giveBack(db, sent);
    });
    expect(named).toEqual(["I27"]);
  });

  test("that does not count payments is named", async () => {
    const named = await namedAfter(async (db) => {
      // As if what was paid were credited only now, without the trigger.
      await db.query("alter table chain_charge disable trigger chain_charge_backs");
      await db.query(
        "update chain_charge set credited_ms = null, credit = null, settled_tx = null, funds = null",
      );
      await db.query(
        "update chain_charge set credited_ms = 1, credit = amount * 1000000000000, settled_tx = '0x1'",
      );
      await db.query("update chain_backing set charged = withdrawn");
    });
    expect(named).toEqual(["I27"]);
  });

  test("that gives back twice is stopped: the journal takes its key once", async () => {
    const twice = namedAfter(async (db) => {
      await plantBug(db, "end_withdrawal", "IF w.state <> 'on-its-way' THEN", "IF false THEN");
      const id = await withdraw(db);
      await overdue(db, id);
      await giveBack(db, id);
      await giveBack(db, id);
    });
    await expect(twice).rejects.toMatchObject({ code: "23505" });
  });

  test("that pays more than backs credit is stopped by the table", async () => {
    const more = namedAfter(async (db) => {
      await plantBug(db, "withdraw_credit", "IF paid > available THEN", "IF false THEN");
      await db.query("update chain_backing set charged = withdrawn");
      await withdraw(db);
    });
    await expect(more).rejects.toMatchObject({ code: "23514" });
  });

  test("that divides otherwise than what was signed is stopped", async () => {
    const wrong = namedAfter(async (db) => {
      await db.query("update asset set worth = worth * 10 where id = $1", [rig.asset]);
      await withdraw(db);
    });
    await expect(wrong).rejects.toThrow("is not its payout");
  });
});

describe("the chain", () => {
  const look = () => checkBacking(ledger.db, rig.box.lane.client, 31_337, rig.operator);
  const named = async () => (await runInvariants(ledger.db)).map(({ id }) => id);

  test("given the account holds what backs credit, the block and both figures are written down", async () => {
    const [found] = await look();
    expect(found).toEqual({
      asset: rig.asset,
      held: 7_000_000n,
      owed: 7_000_000n,
      block: await devnet.chain.getBlockNumber(),
    });
    expect(await named()).toEqual([]);
  });

  test("given one base unit of it is gone, that is named until it is back", async () => {
    const elsewhere = rig.nobody() as `0x${string}`;
    await rig.send(rig.operator, elsewhere, 1n);
    expect(await look()).toMatchObject([{ held: 6_999_999n, owed: 7_000_000n }]);
    expect(await named()).toEqual(["I28"]);
    await rig.send(elsewhere, rig.operator, 1n);
    expect(await look()).toMatchObject([{ held: 7_000_000n, owed: 7_000_000n }]);
    expect(await named()).toEqual([]);
  });

  test("given a payment was taken back deeper than what is relied on, that is named", async () => {
    await rig.mine(3);
    const other = await rig.payerWith(0n);
    await rig.charge(other, 1_000_000n);
    expect(await look()).toMatchObject([{ held: 8_000_000n, owed: 8_000_000n }]);
    const snapshot = await rig.usdcOf(rig.operator);
    await devnet.chain.request({ method: "anvil_reorg" as never, params: [1, []] as never });
    expect((await rig.usdcOf(rig.operator)) - snapshot).toBe(-1_000_000n);
    expect(await look()).toMatchObject([{ held: 7_000_000n, owed: 8_000_000n }]);
    expect(await named()).toEqual(["I28"]);
  });

  test("without an account there is nothing to check", async () => {
    expect(await checkBacking(ledger.db, rig.box.lane.client, 31_337)).toEqual([]);
  });
});
