import { type Address, encodeFunctionData, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { inTransaction } from "@/lib/db/in-transaction";
import { startTestDevnet } from "@/lib/testing/devnet";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { freshAddress, outboxLane } from "@/lib/testing/outbox-lane";
import { enqueueTransaction } from "./enqueue-transaction";
import { readLane } from "./read-outbox";

const ledger = ledgerForFile(6);
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
beforeAll(async () => {
  devnet = await startTestDevnet();
});
afterAll(() => devnet?.stop());

type Options = Partial<Parameters<typeof outboxLane>[0]>;
/** A lane of an account with 10 coins. */
async function fundedLane(options: Options = {}) {
  const box = outboxLane({ db: ledger.db, rpcUrl: devnet.rpcUrl, ...options });
  await devnet.chain.setBalance({ address: box.account.address, value: parseEther("10") });
  return box;
}
const balance = (address: Address) => devnet.chain.getBalance({ address });
const key = () => `test:${generatePrivateKey()}`;
const counted = async (address: Address) => devnet.chain.getTransactionCount({ address });

describe("writing a transaction down", () => {
  test("given the caller's transaction is undone, nothing is ever sent", async () => {
    const box = await fundedLane();
    const [to, k] = [freshAddress(), key()];
    const undone = inTransaction(ledger.db, async (tx) => {
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
    expect(await balance(to)).toBe(0n);
  });

  test("given the same key, it happens once; given another transaction under it, that is a conflict", async () => {
    const box = await fundedLane();
    const [to, k] = [freshAddress(), key()];
    expect(await box.enqueue({ key: k, to, value: 7n })).toBe(true);
    expect(await box.enqueue({ key: k, to, value: 7n })).toBe(false);
    await expect(box.enqueue({ key: k, to, value: 8n })).rejects.toMatchObject({
      code: "idempotency-conflict",
    });
    await box.until(k, "confirmed");
    expect(await box.enqueue({ key: k, to, value: 7n })).toBe(false);
    await box.pass();
    expect(await balance(to)).toBe(7n);
  });
});

describe("a server that dies", () => {
  test.each(["claimed", "simulated", "signed", "broadcast", "sent", "seen", "recorded"] as const)(
    "at the moment '%s', another goes on, and it has happened exactly once",
    async (moment) => {
      const box = await fundedLane();
      const [to, k] = [freshAddress(), key()];
      await box.enqueue({ key: k, to, value: 5n });
      box.dieAt(moment);
      await expect(box.until(k, "confirmed")).rejects.toThrow(`died at ${moment}`);
      const row = await box.until(k, "confirmed");
      expect(await balance(to)).toBe(5n);
      expect(await counted(box.account.address)).toBe(1);
      expect(row).toMatchObject({ state: "confirmed", nonce: "0", attempts: 1, error_code: null });
    },
  );

  test("while it was only paused, its late write changes nothing", async () => {
    const box = await fundedLane({ patience: { leaseMs: 0 } });
    const [to, k] = [freshAddress(), key()];
    await box.enqueue({ key: k, to, value: 5n });
    const zombie = outboxLane({ db: ledger.db, rpcUrl: devnet.rpcUrl, account: box.account });
    let woke: () => void = () => {};
    const paused = new Promise<void>((resolve) => {
      woke = resolve;
    });
    const { client } = zombie.lane;
    const slow = Object.assign(Object.create(client), {
      estimateGas: async (asked: Parameters<typeof client.estimateGas>[0]) => {
        const estimate = await client.estimateGas(asked);
        await paused;
        return estimate;
      },
    });
    Object.assign(zombie.lane, { client: slow, patience: { ...zombie.lane.patience, leaseMs: 0 } });
    const late = zombie.pass();
    await new Promise((resolve) => setTimeout(resolve, 60)); // It has claimed, and hangs.
    await box.until(k, "confirmed");
    woke();
    await late;
    expect(await box.state(k)).toMatchObject({ state: "confirmed", attempts: 1 });
    expect(await balance(to)).toBe(5n);
    expect(await counted(box.account.address)).toBe(1);
  });
});

test("two servers racing over 30 transactions send each once, and use the numbers without a gap", async () => {
  const box = await fundedLane();
  const twin = outboxLane({ db: ledger.db, rpcUrl: devnet.rpcUrl, account: box.account });
  const jobs = Array.from({ length: 30 }, () => ({ key: key(), to: freshAddress() }));
  for (const job of jobs) await box.enqueue({ ...job, value: 3n });
  await Promise.all([box, twin, box].map((one) => one.until(jobs[29]?.key ?? "", "confirmed", "final")));
  for (const job of jobs) await box.until(job.key, "confirmed", "final");
  expect(await Promise.all(jobs.map(({ to }) => balance(to)))).toEqual(Array(30).fill(3n));
  expect(await counted(box.account.address)).toBe(30);
});

describe("the chain takes it back", () => {
  test.each([1, 2, 3, 4, 5, 6])(
    "a reorganisation of depth %d after the confirmation: the same bytes again, once",
    async (depth) => {
      const box = await fundedLane();
      const [to, k] = [freshAddress(), key()];
      await devnet.chain.mine({ blocks: 8 });
      await box.enqueue({ key: k, to, value: 5n });
      const before = await box.until(k, "confirmed");
      await devnet.chain.mine({ blocks: depth - 1 });
      await devnet.chain.request({ method: "anvil_reorg" as never, params: [depth, []] as never });
      const { tx_hash: hash } = before;
      if (!hash) throw new Error("No hash.");
      await expect(devnet.chain.getTransactionReceipt({ hash })).rejects.toThrow("could not be found");

      await new Promise((resolve) => setTimeout(resolve, 50));
      await box.pass();
      const after = await box.until(k, "confirmed");
      expect(after).toMatchObject({ tx_hash: hash, attempts: 1, nonce: before.nonce });
      expect(await balance(to)).toBe(5n);
      await devnet.chain.mine({ blocks: 12 });
      await box.until(k, "final");
    },
  );

  test("given the node drops it before a block takes it, it is sent again", async () => {
    const box = await fundedLane();
    const [to, k] = [freshAddress(), key()];
    await devnet.chain.setAutomine(false);
    try {
      await box.enqueue({ key: k, to, value: 5n });
      await box.until(k, "submitted");
      const { rows } = await ledger.db.query(
        "select a.hash from chain_attempt a join chain_intent i on i.id = a.intent_id where i.intent_key = $1",
        [k],
      );
      await devnet.chain.dropTransaction({ hash: rows[0].hash });
      await devnet.chain.mine({ blocks: 1 });
      expect(await balance(to)).toBe(0n);
      await new Promise((resolve) => setTimeout(resolve, 60));
      await box.pass();
      await devnet.chain.mine({ blocks: 1 });
      expect(await box.until(k, "confirmed")).toMatchObject({ tx_hash: rows[0].hash, attempts: 1 });
      expect(await balance(to)).toBe(5n);
    } finally {
      await devnet.chain.setAutomine(true);
    }
  });
});

describe("fees", () => {
  test("given the base fee rises fiftyfold, the same number is signed again until a block takes it, and it happens once", async () => {
    const box = await fundedLane({ patience: { replaceMs: 30 }, limits: { maxFee: 5_000n * 10n ** 9n } });
    const [to, k] = [freshAddress(), key()];
    const { baseFeePerGas } = await devnet.chain.getBlock();
    const dear = (baseFeePerGas ?? 10n ** 9n) * 50n + 10n ** 9n;
    await devnet.chain.setAutomine(false);
    try {
      await box.enqueue({ key: k, to, value: 5n });
      await box.until(k, "submitted");
      await devnet.chain.setNextBlockBaseFeePerGas({ baseFeePerGas: dear });
      await devnet.chain.mine({ blocks: 1 });
      expect(await balance(to)).toBe(0n);
      for (let tries = 0; tries < 20 && (await balance(to)) === 0n; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        await box.pass();
        await devnet.chain.setNextBlockBaseFeePerGas({ baseFeePerGas: dear });
        await devnet.chain.mine({ blocks: 1 });
      }
      const row = await box.until(k, "confirmed");
      expect(row.attempts).toBeGreaterThan(1);
      expect(row.nonce).toBe("0");
      expect(await balance(to)).toBe(5n);
      const { rows } = await ledger.db.query<{ max_fee: string; tip: string }>(
        "select max_fee, tip from chain_attempt where intent_id = $1 order by seq",
        [row.id],
      );
      for (const [n, attempt] of rows.slice(1).entries()) {
        expect(BigInt(attempt.max_fee) * 8n >= BigInt(rows[n]?.max_fee ?? 0) * 9n).toBe(true);
        expect(BigInt(attempt.tip) * 8n >= BigInt(rows[n]?.tip ?? 0) * 9n).toBe(true);
      }
    } finally {
      await devnet.chain.setNextBlockBaseFeePerGas({ baseFeePerGas: 10n ** 9n });
      await devnet.chain.mine({ blocks: 1 });
      await devnet.chain.setAutomine(true);
    }
  });

  test("above the cap nothing is signed, the lane says why, and goes on once it is cheaper", async () => {
    const box = await fundedLane({ limits: { maxFee: 1n } });
    const [to, k] = [freshAddress(), key()];
    await box.enqueue({ key: k, to, value: 5n });
    await box.pass();
    expect(await box.state(k)).toMatchObject({ state: "pending", attempts: 0, error_code: null });
    expect(await problemOf(box.account.address)).toBe("fees-too-high");
    box.lane.limits = { ...box.lane.limits, maxFee: 500n * 10n ** 9n };
    await box.until(k, "confirmed");
    expect(await problemOf(box.account.address)).toBeNull();
    expect(await balance(to)).toBe(5n);
  });

  test("a day's budget is kept, by what may be spent at most", async () => {
    const box = await fundedLane({ limits: { gasPerDay: 1n } });
    const [to, k] = [freshAddress(), key()];
    await box.enqueue({ key: k, to, value: 5n });
    await box.pass();
    expect(await box.state(k)).toMatchObject({ state: "pending", attempts: 0 });
    expect(await problemOf(box.account.address)).toBe("budget-spent");
    expect(await balance(to)).toBe(0n);
  });

  test("without coin nothing is signed, the lane says so, and goes on once there is some", async () => {
    const box = outboxLane({ db: ledger.db, rpcUrl: devnet.rpcUrl });
    const [to, k] = [freshAddress(), key()];
    await box.enqueue({ key: k, to, value: 5n });
    await box.pass();
    expect(await box.state(k)).toMatchObject({ state: "pending", attempts: 0, nonce: null });
    expect(await problemOf(box.account.address)).toBe("no-coin");
    await devnet.chain.setBalance({ address: box.account.address, value: parseEther("1") });
    await box.until(k, "confirmed");
    expect(await problemOf(box.account.address)).toBeNull();
    expect(await balance(to)).toBe(5n);
  });
});

async function problemOf(address: Address): Promise<string | null> {
  const { rows } = await ledger.db.query("select problem from chain_signer where address = $1", [
    address.toLowerCase(),
  ]);
  return rows[0]?.problem ?? null;
}

describe("what a contract refuses", () => {
  const refused = encodeFunctionData({
    abi: streamPayAbi,
    functionName: "withdrawFromStream",
    args: [999_999n],
  });

  test("is told in words, costs no gas and no number, and is left alone while others are served", async () => {
    const box = await fundedLane();
    const bad = Array.from({ length: 6 }, key);
    for (const k of bad)
      await box.enqueue({
        key: k,
        to: devnet.addresses.streamPay,
        data: refused,
        target: "loser",
        maxTries: 3,
      });
    const good = Array.from({ length: 6 }, () => ({ key: key(), to: freshAddress() }));
    for (const job of good) await box.enqueue({ ...job, value: 2n });
    for (const job of good) await box.until(job.key, "confirmed");
    expect(await Promise.all(good.map(({ to }) => balance(to)))).toEqual(Array(6).fill(2n));
    expect(await counted(box.account.address)).toBe(6);

    for (let n = 0; n < 30; n += 1) await box.pass();
    const { rows } = await ledger.db.query<{ tries: number; later: boolean }>(
      `select (select sum(tries)::int from chain_intent where target = 'loser') as tries, quarantined_until_ms > clock_ms() + 30000 as later
       from chain_target where target = 'loser'`,
    );
    expect(rows).toEqual([{ tries: 5, later: true }]); // The budget, and not one more.
    expect((await box.state(bad[0] ?? "")).error).toContain("stream");
  });

  test("three times in a row has failed for good", async () => {
    const box = await fundedLane();
    const k = key();
    await box.enqueue({ key: k, to: devnet.addresses.streamPay, data: refused, target: key(), maxTries: 3 });
    expect(await box.until(k, "failed")).toMatchObject({
      error_code: "refused",
      tries: 3,
      attempts: 0,
      nonce: null,
    });
    expect(await counted(box.account.address)).toBe(0);
  });

  test("only in its block is told as reverted, with the reason it would have now", async () => {
    const box = await fundedLane();
    const [victim] = await devnet.chain.getAddresses();
    if (!victim) throw new Error("Anvil has no accounts.");
    await devnet.fund(victim);
    const { usdc: address } = devnet.addresses;
    const all = await devnet.chain.readContract({
      ...{ address, abi: testUsdcAbi, functionName: "balanceOf", args: [victim] },
    });
    const token = { address, abi: testUsdcAbi, account: victim, chain: foundry, gas: 200_000n } as const;
    await devnet.chain.writeContract({ ...token, functionName: "approve", args: [box.account.address, all] });
    const args = [victim, freshAddress(), all] as const;
    const data = encodeFunctionData({ abi: testUsdcAbi, functionName: "transferFrom", args });
    const k = key();
    await devnet.chain.setAutomine(false);
    try {
      await box.enqueue({ key: k, to: address, data });
      await box.until(k, "submitted");
      const tip = 200n * 10n ** 9n; // The victim is first in the block, and leaves too little.
      const fees = { maxPriorityFeePerGas: tip, maxFeePerGas: tip * 2n };
      await devnet.chain.writeContract({
        ...token,
        ...fees,
        functionName: "transfer",
        args: [freshAddress(), 1n],
      });
      await devnet.chain.mine({ blocks: 1 });
    } finally {
      await devnet.chain.setAutomine(true);
    }
    const row = await box.until(k, "failed");
    expect(row).toMatchObject({ error_code: "reverted", attempts: 1, nonce: "0" });
    expect(row.error).toMatch(/^The contract refused it/);
    expect(BigInt(row.cost ?? 0) > 0n).toBe(true);
  });

  test("without the event that was to come of it has failed, whatever its status says", async () => {
    const box = await fundedLane();
    const [k, to] = [key(), freshAddress()];
    await box.enqueue({
      key: k,
      to,
      value: 1n,
      expected: { address: devnet.addresses.usdc, topics: [`0x${"11".repeat(32)}`], data: "0x" },
    });
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "no-event" });
  });
});

test("operators see what waits, why, and what it has cost", async () => {
  const box = await fundedLane();
  const { address } = box.account;
  const [done, stuck] = [key(), key()];
  await box.enqueue({ key: done, to: freshAddress(), value: 1n });
  const { cost } = await box.until(done, "confirmed");
  await devnet.chain.setBalance({ address, value: 0n });
  await box.enqueue({ key: stuck, to: freshAddress(), value: 1n });
  await box.pass();
  expect(await readLane(ledger.db, 31_337, address)).toMatchObject({
    ...{
      pending: 1,
      underWay: 0,
      failedDay: 0,
      nonceGapAgeMs: 0,
      problem: "no-coin",
      gasToday: BigInt(cost ?? 0),
    },
  });

  await devnet.chain.setBalance({ address, value: parseEther("1") });
  await devnet.chain.setAutomine(false);
  try {
    await box.until(stuck, "submitted");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const seen = await readLane(ledger.db, 31_337, address);
    expect(seen).toMatchObject({ pending: 0, underWay: 1, problem: null, problemAgeMs: 0 });
    expect(seen.nonceGapAgeMs).toBeGreaterThanOrEqual(20);
    expect(seen.oldestAgeMs).toBeGreaterThan(seen.nonceGapAgeMs);
    expect(seen.gasToday > BigInt(cost ?? 0)).toBe(true);
    await devnet.chain.mine({ blocks: 1 });
  } finally {
    await devnet.chain.setAutomine(true);
  }
  await box.until(stuck, "confirmed");
});

describe("numbers", () => {
  test("given somebody else sends with the same key, ours gets another number and happens once", async () => {
    const key1 = generatePrivateKey();
    const box = await fundedLane({ account: privateKeyToAccount(key1) });
    const [to, elsewhere, k] = [freshAddress(), freshAddress(), key()];
    await box.enqueue({ key: k, to, value: 5n });
    box.dieAt("signed"); // It has number 0, and nobody has seen it.
    await expect(box.pass()).rejects.toThrow("died");
    await devnet.chain.sendRawTransaction({
      serializedTransaction: await box.account.signTransaction({
        ...{ type: "eip1559", chainId: foundry.id, nonce: 0, to: elsewhere, value: 1n, gas: 21_000n },
        ...{ maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n },
      }),
    });
    expect(await box.until(k, "confirmed")).toMatchObject({ nonce: "1", attempts: 2 });
    expect(await balance(to)).toBe(5n);
    expect(await balance(elsewhere)).toBe(1n);
  });

  test("given a number that nothing has, it is used up by sending nothing, and the later ones go on", async () => {
    const box = await fundedLane();
    const first = { key: key(), to: freshAddress() };
    await box.enqueue({ ...first, value: 1n });
    await box.until(first.key, "confirmed");
    await ledger.db.query("update chain_signer set next_nonce = 2 where address = $1", [
      box.account.address.toLowerCase(),
    ]);
    const later = { key: key(), to: freshAddress() };
    await box.enqueue({ ...later, value: 1n });
    expect(await box.until(later.key, "confirmed")).toMatchObject({ nonce: "2" });
    expect(await box.state(`gap:31337:${box.account.address.toLowerCase()}:1`)).toMatchObject({
      attempts: 1,
    });
    expect(await counted(box.account.address)).toBe(3);
  });

  test("given a reorganisation took back what was final, its number is filled with the same bytes", async () => {
    const box = await fundedLane({ patience: { finalDepth: 1 } });
    const first = { key: key(), to: freshAddress() };
    await box.enqueue({ ...first, value: 4n });
    await box.until(first.key, "final");
    await devnet.chain.request({ method: "anvil_reorg" as never, params: [1, []] as never });
    expect(await balance(first.to)).toBe(0n);
    const later = { key: key(), to: freshAddress() };
    await box.enqueue({ ...later, value: 1n });
    await box.until(later.key, "final");
    expect(await balance(first.to)).toBe(4n);
    expect(await box.until(first.key, "final")).toMatchObject({ nonce: "0", attempts: 1 });
  });

  test("given its time is over before a block takes it, the number is used up and it never happens", async () => {
    const box = await fundedLane();
    const [to, k] = [freshAddress(), key()];
    await devnet.chain.setAutomine(false);
    try {
      const { rows } = await ledger.db.query<{ soon: string }>("select clock_ms() + 400 as soon");
      await box.enqueue({ key: k, to, value: 5n, deadlineMs: BigInt(rows[0]?.soon ?? 0) });
      await box.until(k, "submitted");
      await new Promise((resolve) => setTimeout(resolve, 450));
      await box.pass();
      await devnet.chain.mine({ blocks: 1 });
    } finally {
      await devnet.chain.setAutomine(true);
    }
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "cancelled", attempts: 2 });
    expect(await balance(to)).toBe(0n);
    expect(await counted(box.account.address)).toBe(1);
  });

  test("given a node that takes none of its transactions, it is given up, and those behind it go on", async () => {
    const box = await fundedLane({ patience: { replaceMs: 10, retryMs: 1 } });
    const { client } = box.lane;
    const [to, k, behind] = [freshAddress(), key(), key()];
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
    expect(await balance(to)).toBe(0n);
  });

  test("given its time is over before it was signed, it has failed and took no number", async () => {
    const box = await fundedLane();
    const k = key();
    await box.enqueue({ key: k, to: freshAddress(), value: 5n, deadlineMs: 1n });
    expect(await box.until(k, "failed")).toMatchObject({ error_code: "deadline", attempts: 0, nonce: null });
  });
});

test("given a devnet that was reset, what was under way on it is ended, and what comes next begins at number 0", async () => {
  const box = await fundedLane();
  const [done, stuck, next] = [key(), key(), key()];
  await box.enqueue({ key: done, to: freshAddress(), value: 1n });
  await box.until(done, "confirmed");
  await devnet.chain.setAutomine(false);
  try {
    await box.enqueue({ key: stuck, to: freshAddress(), value: 1n });
    await box.until(stuck, "submitted");
  } finally {
    await devnet.chain.setAutomine(true);
  }
  const other = await startTestDevnet();
  try {
    const after = outboxLane({ db: ledger.db, rpcUrl: other.rpcUrl, account: box.account });
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
