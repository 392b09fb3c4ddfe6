/** How a withdrawal ends: paid once, or back in the wallet once, and never both. On a real ledger and a real devnet. */
import type { Address } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { checkBacking } from "@/lib/rails/check/check-backing";
import { startTestDevnet } from "@/lib/testing/devnet";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DOLLAR, type WithdrawalRig, withdrawalRig } from "../testing/withdrawal-rig";
import { findWithdrawal } from "./find-withdrawal";

const ledger = ledgerForFile(8);
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let rig: WithdrawalRig;
beforeAll(async () => {
  devnet = await startTestDevnet();
  rig = await withdrawalRig(ledger.db, devnet);
});
afterAll(() => devnet?.stop());

const keyOf = ({ id }: { id: string }) => `withdraw:${id}`;
const viewOf = (payer: PrivateKeyAccount, { id }: { id: string }) =>
  findWithdrawal({ payee: payer.address, id }, ledger.db);

async function expectBacked(): Promise<void> {
  const [found] = await checkBacking(ledger.db, rig.box.lane.client, 31_337, rig.operator);
  expect(found && found.held >= found.owed).toBe(true);
  expect(await runInvariants(ledger.db)).toEqual([]);
}

/** A wallet with 5 dollars of credit that wants 2 of them, and a way to see what it got. */
async function begin(validSeconds = 600n) {
  const payer = await rig.payerWith(5_000_000n);
  const before = await rig.usdcOf(payer.address);
  const withdrawal = await rig.withdraw(payer, 2n * DOLLAR, { validSeconds });
  expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
  return { payer, withdrawal, got: async () => (await rig.usdcOf(payer.address)) - before };
}

/** Until both clocks are past the withdrawal's end, and the chain deep enough behind it. */
async function pastItsEnd({ id }: { id: string }): Promise<void> {
  const { valid_before_ms } = (await rig.rowOf(id)) as { valid_before_ms: string };
  await vi.waitFor(
    async () => {
      const { rows } = await ledger.db.query("select clock_ms() >= $1::bigint as over", [valid_before_ms]);
      expect(rows[0]?.over).toBe(true);
    },
    { timeout: 20_000, interval: 50 },
  );
  const { timestamp } = await devnet.chain.getBlock();
  if (timestamp * 1_000n < BigInt(valid_before_ms))
    await devnet.chain.setNextBlockTimestamp({ timestamp: BigInt(valid_before_ms) / 1_000n });
  await rig.mine(1);
}

async function expectReturned(payer: PrivateKeyAccount, withdrawal: { id: string }): Promise<void> {
  const ended = await rig.atOnce(
    {
      sql: "select 1 from account where id = $1 for update",
      values: [`wallet:${payer.address.toLowerCase()}`],
    },
    Array.from({ length: 6 }, () => rig.end),
  );
  expect(ended).toEqual(Array(6).fill({ status: "fulfilled", value: 1 })); // The late ones find it returned.
  expect(await rig.end()).toBe(0);
  expect(await rig.walletOf(payer)).toBe(5n * DOLLAR);
  const { rows } = await ledger.db.query("select end_withdrawal($1::jsonb) as again", [
    JSON.stringify({ id: withdrawal.id, paidBy: null }),
  ]);
  expect(rows[0]?.again).toEqual({ state: "returned" });
  expect(await rig.walletOf(payer)).toBe(5n * DOLLAR);
  expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "returned" });
}

describe("a server that dies", () => {
  test.each(["claimed", "simulated", "signed", "broadcast", "sent", "seen", "recorded"] as const)(
    "at the moment '%s' of the outbox pays once all the same",
    async (moment) => {
      const { payer, withdrawal, got } = await begin();
      rig.box.dieAt(moment);
      await expect(rig.box.until(keyOf(withdrawal), "confirmed")).rejects.toThrow(`died at ${moment}`);
      await rig.box.until(keyOf(withdrawal), "confirmed");
      expect(await got()).toBe(2_000_000n);
      expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
      await rig.mine(12);
      await rig.box.until(keyOf(withdrawal), "final");
      await Promise.all([rig.end(), rig.end(), rig.end()]);
      expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "paid" });
      expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
      await expectBacked();
    },
  );

  test("before its transaction commits has moved nothing; after it, the same request finds what it began", async () => {
    const payer = await rig.payerWith(5_000_000n);
    const broken = Object.assign(Object.create(ledger.db) as typeof ledger.db, {
      query: async (asked: { text?: string }, ...more: unknown[]) => {
        if (!asked.text?.includes("withdraw_credit"))
          return (ledger.db.query as (...of: unknown[]) => Promise<unknown>)(asked, ...more);
        const tx = await ledger.db.connect();
        try {
          await tx.query("begin");
          await tx.query(asked as { text: string; values: unknown[] });
          throw new Error("died before the commit");
        } finally {
          await tx.query("rollback");
          tx.release();
        }
      },
    });
    await expect(rig.withdraw(payer, 2n * DOLLAR, { key: "k", db: broken })).rejects.toThrow("died before");
    expect(await rig.walletOf(payer)).toBe(5n * DOLLAR);

    let id = "";
    const pass = async () => {
      const { rows } = await ledger.db.query("select id from chain_withdrawal where payee = $1", [
        payer.address.toLowerCase(),
      ]);
      id = rows[0]?.id ?? "";
      throw new Error("died after the commit");
    };
    const begun = await rig.withdraw(payer, 2n * DOLLAR, { key: "k", pass });
    expect(begun.id).toBe(id);
    expect((await rig.withdraw(payer, 2n * DOLLAR, { key: "k" })).id).toBe(id);
    expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
    await rig.box.until(keyOf(begun), "confirmed");
    await rig.mine(12);
    await rig.box.until(keyOf(begun), "final");
    expect(await rig.end()).toBe(1);
    await expectBacked();
  });
});

describe("given it is never paid", () => {
  test("nobody sent it: it comes back once, when its end lies so deep that it stays, and not before", async () => {
    const { payer, withdrawal, got } = await begin(2n);
    expect(await rig.end()).toBe(0);
    await pastItsEnd(withdrawal);
    expect(await rig.end()).toBe(0); // The block that ends it could be taken back.
    await rig.mine(10);
    expect(await rig.end()).toBe(0);
    await rig.mine(1);
    await expectReturned(payer, withdrawal);
    // Who comes late finds it over.
    expect(await rig.box.until(keyOf(withdrawal), "failed")).toMatchObject({
      error_code: "deadline",
      attempts: 0,
    });
    expect(await got()).toBe(0n);
    await expectBacked();
  });

  test("no block took it in its time: its number is used up by nothing, and it comes back", async () => {
    const { payer, withdrawal, got } = await begin(3n);
    await devnet.chain.setAutomine(false);
    try {
      await rig.box.until(keyOf(withdrawal), "submitted");
      expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "sent" });
      await vi.waitFor(
        async () => {
          await rig.box.pass();
          expect(await rig.box.state(keyOf(withdrawal))).toMatchObject({ attempts: 2 });
        },
        { timeout: 20_000, interval: 50 },
      );
    } finally {
      await devnet.chain.setAutomine(true);
    }
    await rig.mine(1);
    expect(await rig.box.until(keyOf(withdrawal), "failed")).toMatchObject({ error_code: "cancelled" });
    expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "failed" });
    await pastItsEnd(withdrawal);
    await rig.mine(11);
    await expectReturned(payer, withdrawal);
    expect(await got()).toBe(0n);
    await expectBacked();
  });

  test("the token refuses it again and again: the reason is told, and it comes back after its end alone", async () => {
    const { payer, withdrawal, got } = await begin(4n);
    const all = await rig.usdcOf(rig.operator);
    const safe = rig.nobody();
    await rig.send(rig.operator, safe, all);
    await vi.waitFor(
      async () => {
        await rig.box.pass();
        expect(await rig.box.state(keyOf(withdrawal))).toMatchObject({ tries: 5 });
      },
      { timeout: 20_000, interval: 20 },
    );
    expect((await viewOf(payer, withdrawal))?.trouble).toMatch(/\w/);
    await rig.mine(12);
    expect(await rig.end()).toBe(0);
    await pastItsEnd(withdrawal);
    await rig.mine(11);
    await rig.box.until(keyOf(withdrawal), "failed");
    await expectReturned(payer, withdrawal);
    expect(await got()).toBe(0n);
    // The account is short: that is an alarm, and ends when it is filled up again.
    const [short] = await checkBacking(ledger.db, rig.box.lane.client, 31_337, rig.operator);
    expect(short).toMatchObject({ held: 0n, owed: await rig.backing() });
    expect((await runInvariants(ledger.db)).map(({ id }) => id)).toEqual(["I28"]);
    await rig.send(safe as Address, rig.operator, all);
    await expectBacked();
  });

  test("a node that says so too early, or against a receipt, is not believed", async () => {
    const { payer, withdrawal } = await begin(2n);
    const claim = () =>
      ledger.db.query("select end_withdrawal($1::jsonb) as end", [
        JSON.stringify({ id: withdrawal.id, paidBy: null }),
      ]);
    expect((await claim()).rows).toEqual([{ end: { state: "on-its-way" } }]);
    await rig.box.until(keyOf(withdrawal), "confirmed");
    await pastItsEnd(withdrawal);
    expect((await claim()).rows).toEqual([{ end: { state: "on-its-way" } }]);
    expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
    await rig.mine(12);
    expect(await rig.end()).toBe(1);
    expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "paid" });
    await expectBacked();
  });
});

test("given somebody else sends the authorisation first, ours fails, and it is paid: nothing comes back", async () => {
  const { payer, withdrawal, got } = await begin(3n);
  const [stranger] = await devnet.chain.getAddresses();
  if (!stranger) throw new Error("Anvil has no accounts.");
  const { rows } = await ledger.db.query("select data from chain_intent where intent_key = $1", [
    keyOf(withdrawal),
  ]);
  const hash = await devnet.chain.sendTransaction({
    ...{ account: stranger, chain: foundry, to: rig.token, data: rows[0]?.data },
  });
  await devnet.chain.waitForTransactionReceipt({ hash });
  expect(await got()).toBe(2_000_000n);
  await pastItsEnd(withdrawal);
  expect(await rig.box.until(keyOf(withdrawal), "failed")).toMatchObject({ attempts: 0 });
  await rig.mine(12);
  expect(await rig.end()).toBe(1);
  expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "paid", transaction: hash });
  expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
  expect(await got()).toBe(2_000_000n);
  await expectBacked();
});

describe("given the chain takes it back", () => {
  const reorg = (depth: number) =>
    devnet.chain.request({ method: "anvil_reorg" as never, params: [depth, []] as never });

  test.each([1, 3, 6])("a reorganisation of depth %d while it is valid: paid again, once", async (depth) => {
    const { payer, withdrawal, got } = await begin();
    await rig.mine(8);
    await rig.box.until(keyOf(withdrawal), "confirmed");
    await rig.mine(depth - 1);
    await reorg(depth);
    expect(await got()).toBe(0n);
    await vi.waitFor(
      async () => {
        await rig.box.pass();
        expect(await got()).toBe(2_000_000n);
      },
      { timeout: 20_000, interval: 20 },
    );
    await rig.mine(12);
    await rig.box.until(keyOf(withdrawal), "final");
    expect(await rig.end()).toBe(1);
    expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "paid" });
    expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
    await expectBacked();
  });

  test("after its end: it cannot be paid any more, and comes back once", async () => {
    const { payer, withdrawal, got } = await begin(3n);
    await rig.mine(8);
    await rig.box.until(keyOf(withdrawal), "confirmed");
    await rig.mine(1);
    await reorg(2);
    expect(await got()).toBe(0n);
    await pastItsEnd(withdrawal);
    expect(await rig.box.until(keyOf(withdrawal), "failed")).toMatchObject({ error_code: "reverted" });
    expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
    await rig.mine(12);
    await expectReturned(payer, withdrawal);
    expect(await got()).toBe(0n);
    await expectBacked();
  });
});

test("given its signer takes the authorisation back by hand, nothing is concluded: a person has to look", async () => {
  const { payer, withdrawal } = await begin(2n);
  await rig.cancel((await rig.rowOf(withdrawal.id))?.nonce);
  await pastItsEnd(withdrawal);
  await rig.mine(12);
  expect(await rig.end()).toBe(0);
  expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
  expect(await viewOf(payer, withdrawal)).toMatchObject({ state: "waiting" });
  await expectBacked();
});
