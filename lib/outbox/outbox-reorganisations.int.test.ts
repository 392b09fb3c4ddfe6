import { parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { startTestDevnet } from "@/lib/testing/devnet";
import { freshAddress, outboxLane } from "@/lib/testing/outbox-lane";
import { outboxRig } from "./testing/outbox-rig";

const rig = outboxRig();

describe("the chain takes it back", () => {
  test.each([1, 2, 3, 4, 5, 6])(
    "a reorganisation of depth %d after the confirmation: the same bytes again, once",
    async (depth) => {
      const box = await rig.fundedLane();
      const [to, k] = [freshAddress(), rig.newKey()];
      await rig.devnet.chain.mine({ blocks: 8 });
      await box.enqueue({ key: k, to, value: 5n });
      const before = await box.until(k, "confirmed");
      await rig.devnet.chain.mine({ blocks: depth - 1 });
      await rig.reorganise(depth);
      const { tx_hash: hash } = before;
      if (!hash) throw new Error("No hash.");
      await expect(rig.devnet.chain.getTransactionReceipt({ hash })).rejects.toThrow("could not be found");

      await new Promise((resolve) => setTimeout(resolve, 50));
      await box.pass();
      const after = await box.until(k, "confirmed");
      expect(after).toMatchObject({ tx_hash: hash, attempts: 1, nonce: before.nonce });
      expect(await rig.balance(to)).toBe(5n);
      await rig.devnet.chain.mine({ blocks: 12 });
      await box.until(k, "final");
    },
  );

  test("given the node drops it before a block takes it, it is sent again", async () => {
    const box = await rig.fundedLane();
    const [to, k] = [freshAddress(), rig.newKey()];
    await rig.withoutBlocks(async () => {
      await box.enqueue({ key: k, to, value: 5n });
      await box.until(k, "submitted");
      const [sent] = await rig.attemptsOf(k);
      if (!sent) throw new Error("Nothing was sent.");
      await rig.devnet.chain.dropTransaction({ hash: sent.hash });
      await rig.devnet.chain.mine({ blocks: 1 });
      expect(await rig.balance(to)).toBe(0n);
      await new Promise((resolve) => setTimeout(resolve, 60));
      await box.pass();
      await rig.devnet.chain.mine({ blocks: 1 });
      expect(await box.until(k, "confirmed")).toMatchObject({ tx_hash: sent.hash, attempts: 1 });
      expect(await rig.balance(to)).toBe(5n);
    });
  });
});

test("given a devnet that was reset, what was under way on it is ended, and what comes next begins at number 0", async () => {
  const box = await rig.fundedLane();
  const [done, stuck, next] = [rig.newKey(), rig.newKey(), rig.newKey()];
  await box.enqueue({ key: done, to: freshAddress(), value: 1n });
  await box.until(done, "confirmed");
  await rig.withoutBlocks(async () => {
    await box.enqueue({ key: stuck, to: freshAddress(), value: 1n });
    await box.until(stuck, "submitted");
  });
  const other = await startTestDevnet();
  try {
    const after = outboxLane({ db: rig.db, rpcUrl: other.rpcUrl, account: box.account });
    await other.chain.setBalance({ address: box.account.address, value: parseEther("1") });
    const to = freshAddress();
    await after.enqueue({ key: next, to, value: 9n });
    expect(await after.until(next, "confirmed")).toMatchObject({ nonce: "0" });
    expect(await other.chain.getBalance({ address: to })).toBe(9n);
    expect(await box.state(stuck)).toMatchObject({ state: "failed", error_code: "chain-reset", nonce: null });
    expect(await box.state(done)).toMatchObject({ state: "failed", error_code: "chain-reset" });
  } finally {
    await other.stop();
  }
});
