import { parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { freshAddress } from "@/lib/testing/outbox-lane";
import { outboxRig } from "./testing/outbox-rig";

const rig = outboxRig();

describe("fees", () => {
  test("given the base fee rises fiftyfold, the same number is signed again until a block takes it, and it happens once", async () => {
    const box = await rig.fundedLane({ patience: { replaceMs: 30 }, limits: { maxFee: 5_000n * 10n ** 9n } });
    const [to, k] = [freshAddress(), rig.newKey()];
    const { baseFeePerGas } = await rig.devnet.chain.getBlock();
    const dear = (baseFeePerGas ?? 10n ** 9n) * 50n + 10n ** 9n;
    await rig.devnet.chain.setAutomine(false);
    try {
      await box.enqueue({ key: k, to, value: 5n });
      await box.until(k, "submitted");
      await rig.devnet.chain.setNextBlockBaseFeePerGas({ baseFeePerGas: dear });
      await rig.devnet.chain.mine({ blocks: 1 });
      expect(await rig.balance(to)).toBe(0n);
      for (let tries = 0; tries < 20 && (await rig.balance(to)) === 0n; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        await box.pass();
        await rig.devnet.chain.setNextBlockBaseFeePerGas({ baseFeePerGas: dear });
        await rig.devnet.chain.mine({ blocks: 1 });
      }
      const row = await box.until(k, "confirmed");
      expect(row.attempts).toBeGreaterThan(1);
      expect(row.nonce).toBe("0");
      expect(await rig.balance(to)).toBe(5n);
      const attempts = await rig.attemptsOf(k);
      for (const [n, attempt] of attempts.slice(1).entries()) {
        expect(BigInt(attempt.max_fee) * 8n >= BigInt(attempts[n]?.max_fee ?? 0) * 9n).toBe(true);
        expect(BigInt(attempt.tip) * 8n >= BigInt(attempts[n]?.tip ?? 0) * 9n).toBe(true);
      }
    } finally {
      await rig.devnet.chain.setNextBlockBaseFeePerGas({ baseFeePerGas: 10n ** 9n });
      await rig.devnet.chain.mine({ blocks: 1 });
      await rig.devnet.chain.setAutomine(true);
    }
  });

  test("above the cap nothing is signed, the lane says why, and goes on once it is cheaper", async () => {
    const box = await rig.fundedLane({ limits: { maxFee: 1n } });
    const [to, k] = [freshAddress(), rig.newKey()];
    await box.enqueue({ key: k, to, value: 5n });
    await box.pass();
    expect(await box.state(k)).toMatchObject({ state: "pending", attempts: 0, error_code: null });
    expect(await rig.problemOf(box.account.address)).toBe("fees-too-high");
    box.lane.limits = { ...box.lane.limits, maxFee: 500n * 10n ** 9n };
    await box.until(k, "confirmed");
    expect(await rig.problemOf(box.account.address)).toBeNull();
    expect(await rig.balance(to)).toBe(5n);
  });

  test("a day's budget is kept, by what may be spent at most", async () => {
    const box = await rig.fundedLane({ limits: { gasPerDay: 1n } });
    const [to, k] = [freshAddress(), rig.newKey()];
    await box.enqueue({ key: k, to, value: 5n });
    await box.pass();
    expect(await box.state(k)).toMatchObject({ state: "pending", attempts: 0 });
    expect(await rig.problemOf(box.account.address)).toBe("budget-spent");
    expect(await rig.balance(to)).toBe(0n);
  });

  test("what is under way counts as spent: of two that are too much together, one is signed", async () => {
    const box = await rig.fundedLane();
    const [first, second] = [rig.newKey(), rig.newKey()];
    await rig.withoutBlocks(async () => {
      for (const key of [first, second])
        await box.enqueue({ key, to: freshAddress(), value: parseEther("6") });
      await box.until(first, "submitted");
      await box.pass();
      expect(await box.state(second)).toMatchObject({ state: "pending", attempts: 0, nonce: null });
      expect(await rig.problemOf(box.account.address)).toBe("no-coin");
    });
  });

  test("without coin nothing is signed, the lane says so, and goes on once there is some", async () => {
    const box = rig.laneOf();
    const [to, k] = [freshAddress(), rig.newKey()];
    await box.enqueue({ key: k, to, value: 5n });
    await box.pass();
    expect(await box.state(k)).toMatchObject({ state: "pending", attempts: 0, nonce: null });
    expect(await rig.problemOf(box.account.address)).toBe("no-coin");
    await rig.devnet.chain.setBalance({ address: box.account.address, value: parseEther("1") });
    await box.until(k, "confirmed");
    expect(await rig.problemOf(box.account.address)).toBeNull();
    expect(await rig.balance(to)).toBe(5n);
  });
});
