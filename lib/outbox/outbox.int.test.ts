import { parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { inTransaction } from "@/lib/db/in-transaction";
import { freshAddress } from "@/lib/testing/outbox-lane";
import { claimIntents } from "./claim-intents";
import { enqueueTransaction } from "./enqueue-transaction";
import { readLane } from "./read-outbox";
import { outboxRig } from "./testing/outbox-rig";
import { writeIntent } from "./write-intent";

const rig = outboxRig();

describe("writing a transaction down", () => {
  test("given the caller's transaction is undone, nothing is ever sent", async () => {
    const box = await rig.fundedLane();
    const [to, k] = [freshAddress(), rig.newKey()];
    const undone = inTransaction(rig.db, async (tx) => {
      await enqueueTransaction(
        tx,
        { key: k, kind: "test", to, data: "0x", value: 1n },
        { chainId: 31_337, address: box.account.address },
      );
      throw new Error("changed my mind");
    });
    await expect(undone).rejects.toThrow("changed my mind");
    await box.pass();
    await expect(box.state(k)).rejects.toThrow("There is no transaction");
    expect(await rig.balance(to)).toBe(0n);
  });

  test("given the same key, it happens once; given another transaction under it, that is a conflict", async () => {
    const box = await rig.fundedLane();
    const [to, k] = [freshAddress(), rig.newKey()];
    expect(await box.enqueue({ key: k, to, value: 7n })).toBe(true);
    expect(await box.enqueue({ key: k, to, value: 7n })).toBe(false);
    await expect(box.enqueue({ key: k, to, value: 8n })).rejects.toMatchObject({
      code: "idempotency-conflict",
    });
    await box.until(k, "confirmed");
    expect(await box.enqueue({ key: k, to, value: 7n })).toBe(false);
    await box.pass();
    expect(await rig.balance(to)).toBe(7n);
  });
});

describe("a server that dies", () => {
  test.each(["claimed", "simulated", "signed", "broadcast", "sent", "seen", "recorded"] as const)(
    "at the moment '%s', another goes on, and it has happened exactly once",
    async (moment) => {
      const box = await rig.fundedLane();
      const [to, k] = [freshAddress(), rig.newKey()];
      await box.enqueue({ key: k, to, value: 5n });
      box.dieAt(moment);
      await expect(box.until(k, "confirmed")).rejects.toThrow(`died at ${moment}`);
      const row = await box.until(k, "confirmed");
      expect(await rig.balance(to)).toBe(5n);
      expect(await rig.counted(box.account.address)).toBe(1);
      expect(row).toMatchObject({ state: "confirmed", nonce: "0", attempts: 1, error_code: null });
    },
  );

  test("and comes back after another has taken its claim over, it writes nothing", async () => {
    const box = await rig.fundedLane({ patience: { leaseMs: 0 } });
    const k = rig.newKey();
    await box.enqueue({ key: k, to: freshAddress() });
    const [stale] = await claimIntents(box.lane, "pending", 1);
    const [fresh] = await claimIntents(box.lane, "pending", 1);
    if (!stale || !fresh) throw new Error("It was there to claim.");
    const found = { state: "failed", error: { code: "deadline", text: "Its time was over." } } as const;
    expect(await writeIntent(rig.db, stale, found)).toBe(false);
    expect(await box.state(k)).toMatchObject({ state: "pending" });
    expect(await writeIntent(rig.db, fresh, found)).toBe(true);
  });

  test("while it was only paused, its late write changes nothing", async () => {
    const box = await rig.fundedLane({ patience: { leaseMs: 0 } });
    const [to, k] = [freshAddress(), rig.newKey()];
    await box.enqueue({ key: k, to, value: 5n });
    const zombie = rig.laneOf({ account: box.account });
    let [hang, wake] = [() => {}, () => {}];
    const hangs = new Promise<void>((resolve) => {
      hang = resolve;
    });
    const paused = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const { client } = zombie.lane;
    const slow = Object.assign(Object.create(client), {
      estimateGas: async (asked: Parameters<typeof client.estimateGas>[0]) => {
        const estimate = await client.estimateGas(asked);
        hang();
        await paused;
        return estimate;
      },
    });
    Object.assign(zombie.lane, { client: slow, patience: { ...zombie.lane.patience, leaseMs: 0 } });
    const late = zombie.pass();
    await hangs; // It has claimed the transaction.
    await box.until(k, "confirmed");
    wake();
    await late;
    expect(await box.state(k)).toMatchObject({ state: "confirmed", attempts: 1 });
    expect(await rig.balance(to)).toBe(5n);
    expect(await rig.counted(box.account.address)).toBe(1);
  });
});

test("two servers racing over 30 transactions send each once, and use the numbers without a gap", async () => {
  const box = await rig.fundedLane();
  const twin = rig.laneOf({ account: box.account });
  const jobs = Array.from({ length: 30 }, () => ({ key: rig.newKey(), to: freshAddress() }));
  for (const job of jobs) await box.enqueue({ ...job, value: 3n });
  await Promise.all([box, twin, box].map((one) => one.until(jobs[29]?.key ?? "", "confirmed", "final")));
  for (const job of jobs) await box.until(job.key, "confirmed", "final");
  expect(await Promise.all(jobs.map(({ to }) => rig.balance(to)))).toEqual(Array(30).fill(3n));
  expect(await rig.counted(box.account.address)).toBe(30);
});

test("operators see what waits, why, and what it has cost", async () => {
  const box = await rig.fundedLane();
  const { address } = box.account;
  const [done, stuck] = [rig.newKey(), rig.newKey()];
  await box.enqueue({ key: done, to: freshAddress(), value: 1n });
  const { cost } = await box.until(done, "confirmed");
  await rig.devnet.chain.setBalance({ address, value: 0n });
  await box.enqueue({ key: stuck, to: freshAddress(), value: 1n });
  await box.pass();
  expect(await readLane(rig.db, 31_337, address)).toMatchObject({
    ...{
      pending: 1,
      underWay: 0,
      failedDay: 0,
      nonceGapAgeMs: 0,
      problem: "no-coin",
      gasToday: BigInt(cost ?? 0),
    },
  });

  await rig.devnet.chain.setBalance({ address, value: parseEther("1") });
  await rig.withoutBlocks(async () => {
    await box.until(stuck, "submitted");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const seen = await readLane(rig.db, 31_337, address);
    expect(seen).toMatchObject({ pending: 0, underWay: 1, problem: null, problemAgeMs: 0 });
    expect(seen.nonceGapAgeMs).toBeGreaterThanOrEqual(20);
    expect(seen.oldestAgeMs).toBeGreaterThan(seen.nonceGapAgeMs);
    expect(seen.gasToday > BigInt(cost ?? 0)).toBe(true);
    await rig.devnet.chain.mine({ blocks: 1 });
  });
  await box.until(stuck, "confirmed");
});
