import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { describe, expect, test } from "vitest";
import { freshAddress } from "@/lib/testing/outbox-lane";
import { outboxRig } from "./testing/outbox-rig";

const rig = outboxRig();

describe("numbers", () => {
  test("given somebody else sends with the same key, ours gets another number and happens once", async () => {
    const key1 = generatePrivateKey();
    const box = await rig.fundedLane({ account: privateKeyToAccount(key1) });
    const [to, elsewhere, k] = [freshAddress(), freshAddress(), rig.newKey()];
    await box.enqueue({ key: k, to, value: 5n });
    box.dieAt("signed"); // It has number 0, and nobody has seen it.
    await expect(box.pass()).rejects.toThrow("died");
    await rig.devnet.chain.sendRawTransaction({
      serializedTransaction: await box.account.signTransaction({
        ...{ type: "eip1559", chainId: foundry.id, nonce: 0, to: elsewhere, value: 1n, gas: 21_000n },
        ...{ maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n },
      }),
    });
    expect(await box.until(k, "confirmed")).toMatchObject({ nonce: "1", attempts: 2 });
    expect(await rig.balance(to)).toBe(5n);
    expect(await rig.balance(elsewhere)).toBe(1n);
  });

  test("given a number that nothing has, it is used up by sending nothing, and the later ones go on", async () => {
    const box = await rig.fundedLane();
    const first = { key: rig.newKey(), to: freshAddress() };
    await box.enqueue({ ...first, value: 1n });
    await box.until(first.key, "confirmed");
    await rig.db.query("update chain_signer set next_nonce = 2 where address = $1", [
      box.account.address.toLowerCase(),
    ]);
    const later = { key: rig.newKey(), to: freshAddress() };
    await box.enqueue({ ...later, value: 1n });
    expect(await box.until(later.key, "confirmed")).toMatchObject({ nonce: "2" });
    expect(await box.state(`gap:31337:${box.account.address.toLowerCase()}:1`)).toMatchObject({
      attempts: 1,
    });
    expect(await rig.counted(box.account.address)).toBe(3);
  });

  test("given a reorganisation took back what was final, its number is filled with the same bytes", async () => {
    const box = await rig.fundedLane({ patience: { finalDepth: 1 } });
    const first = { key: rig.newKey(), to: freshAddress() };
    await box.enqueue({ ...first, value: 4n });
    await box.until(first.key, "final");
    await rig.reorganise(1);
    expect(await rig.balance(first.to)).toBe(0n);
    const later = { key: rig.newKey(), to: freshAddress() };
    await box.enqueue({ ...later, value: 1n });
    await box.until(later.key, "final");
    expect(await rig.balance(first.to)).toBe(4n);
    expect(await box.until(first.key, "final")).toMatchObject({ nonce: "0", attempts: 1 });
  });

  test("given its time is over before a block takes it, the number is used up and it never happens", async () => {
    const box = await rig.fundedLane();
    const [to, k] = [freshAddress(), rig.newKey()];
    await rig.withoutBlocks(async () => {
      const { rows } = await rig.db.query<{ soon: string }>("select clock_ms() + 400 as soon");
      await box.enqueue({ key: k, to, value: 5n, deadlineMs: BigInt(rows[0]?.soon ?? 0) });
      await box.until(k, "submitted");
      await new Promise((resolve) => setTimeout(resolve, 450));
      await box.pass();
      await rig.devnet.chain.mine({ blocks: 1 });
    });
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "cancelled", attempts: 2 });
    expect(await rig.balance(to)).toBe(0n);
    expect(await rig.counted(box.account.address)).toBe(1);
  });

  test("given a node that takes none of its transactions, it is given up, and those behind it go on", async () => {
    const box = await rig.fundedLane({ patience: { replaceMs: 10, retryMs: 1 } });
    const { client } = box.lane;
    const [to, k, behind] = [freshAddress(), rig.newKey(), rig.newKey()];
    const marked = "c0ffee";
    const picky = Object.assign(Object.create(client), {
      sendRawTransaction: async (sent: Parameters<typeof client.sendRawTransaction>[0]) => {
        if (sent.serializedTransaction.includes(marked)) throw new Error("not this one");
        return client.sendRawTransaction(sent);
      },
    });
    Object.assign(box.lane, { client: picky });
    await box.enqueue({ key: k, to, data: `0x${marked}`, value: 5n });
    await box.enqueue({ key: behind, to: freshAddress(), value: 1n });
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "cancelled", attempts: 6, nonce: "0" });
    expect(await box.until(behind, "confirmed", "final")).toMatchObject({ nonce: "1" });
    expect(await rig.balance(to)).toBe(0n);
  });

  test("given its time is over before it was signed, it has failed and took no number", async () => {
    const box = await rig.fundedLane();
    const k = rig.newKey();
    await box.enqueue({ key: k, to: freshAddress(), value: 5n, deadlineMs: 1n });
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "deadline", attempts: 0, nonce: null });
  });
});
