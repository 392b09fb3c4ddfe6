import { encodeFunctionData } from "viem";
import { foundry } from "viem/chains";
import { describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { freshAddress } from "@/lib/testing/outbox-lane";
import { outboxRig } from "./testing/outbox-rig";

const rig = outboxRig();

describe("what a contract refuses", () => {
  const refused = encodeFunctionData({
    abi: streamPayAbi,
    functionName: "withdrawFromStream",
    args: [999_999n],
  });

  test("is told in words, costs no gas and no number, and is left alone while others are served", async () => {
    const box = await rig.fundedLane();
    const bad = Array.from({ length: 6 }, rig.newKey);
    for (const k of bad)
      await box.enqueue({
        key: k,
        to: rig.devnet.addresses.streamPay,
        data: refused,
        target: "loser",
        maxTries: 3,
      });
    const good = Array.from({ length: 6 }, () => ({ key: rig.newKey(), to: freshAddress() }));
    for (const job of good) await box.enqueue({ ...job, value: 2n });
    for (const job of good) await box.until(job.key, "confirmed");
    expect(await Promise.all(good.map(({ to }) => rig.balance(to)))).toEqual(Array(6).fill(2n));
    expect(await rig.counted(box.account.address)).toBe(6);

    for (let n = 0; n < 30; n += 1) await box.pass();
    const { rows } = await rig.db.query<{ tries: number; later: boolean }>(
      `select (select sum(tries)::int from chain_intent where target = 'loser') as tries, quarantined_until_ms > clock_ms() + 30000 as later
       from chain_target where target = 'loser'`,
    );
    expect(rows).toEqual([{ tries: 5, later: true }]); // The budget, and not one more.
    expect((await box.state(bad[0] ?? "")).error).toContain("stream");
  });

  test("three times in a row has failed for good", async () => {
    const box = await rig.fundedLane();
    const k = rig.newKey();
    await box.enqueue({
      key: k,
      to: rig.devnet.addresses.streamPay,
      data: refused,
      target: rig.newKey(),
      maxTries: 3,
    });
    expect(await box.until(k, "failed")).toMatchObject({
      error_code: "refused",
      tries: 3,
      attempts: 0,
      nonce: null,
    });
    expect(await rig.counted(box.account.address)).toBe(0);
  });

  test("only in its block is told as reverted, with the reason it would have now", async () => {
    const box = await rig.fundedLane();
    const [victim] = await rig.devnet.chain.getAddresses();
    if (!victim) throw new Error("Anvil has no accounts.");
    await rig.devnet.fund(victim);
    const { usdc: address } = rig.devnet.addresses;
    const all = await rig.devnet.chain.readContract({
      ...{ address, abi: testUsdcAbi, functionName: "balanceOf", args: [victim] },
    });
    const token = { address, abi: testUsdcAbi, account: victim, chain: foundry, gas: 200_000n } as const;
    await rig.devnet.chain.writeContract({
      ...token,
      functionName: "approve",
      args: [box.account.address, all],
    });
    const args = [victim, freshAddress(), all] as const;
    const data = encodeFunctionData({ abi: testUsdcAbi, functionName: "transferFrom", args });
    const k = rig.newKey();
    await rig.withoutBlocks(async () => {
      await box.enqueue({ key: k, to: address, data });
      await box.until(k, "submitted");
      const tip = 200n * 10n ** 9n; // The victim is first in the block, and leaves too little.
      const fees = { maxPriorityFeePerGas: tip, maxFeePerGas: tip * 2n };
      await rig.devnet.chain.writeContract({
        ...token,
        ...fees,
        functionName: "transfer",
        args: [freshAddress(), 1n],
      });
      await rig.devnet.chain.mine({ blocks: 1 });
    });
    const row = await box.until(k, "failed");
    expect(row).toMatchObject({ error_code: "reverted", attempts: 1, nonce: "0" });
    expect(row.error).toMatch(/^The contract refused it/);
    expect(BigInt(row.cost ?? 0) > 0n).toBe(true);
  });

  test("without the event that was to come of it has failed, whatever its status says", async () => {
    const box = await rig.fundedLane();
    const [k, to] = [rig.newKey(), freshAddress()];
    await box.enqueue({
      key: k,
      to,
      value: 1n,
      expected: { address: rig.devnet.addresses.usdc, topics: [`0x${"11".repeat(32)}`], data: "0x" },
    });
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "no-event" });
  });
});
