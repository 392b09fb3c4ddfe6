/** Who may take how much credit to the chain: on a real ledger, with real USDC on a devnet. */
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ProblemError } from "@/lib/errors";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { checkBacking } from "@/lib/rails/check/check-backing";
import { startTestDevnet } from "@/lib/testing/devnet";
import { fundedAddress } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DOLLAR, type WithdrawalRig, WORTH, withdrawalRig } from "../testing/withdrawal-rig";
import { findWithdrawal, listWithdrawals } from "./find-withdrawal";
import { readWithdrawable } from "./read-withdrawable";

const ledger = ledgerForFile(10);
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let rig: WithdrawalRig;
beforeAll(async () => {
  devnet = await startTestDevnet();
  rig = await withdrawalRig(ledger.db, devnet);
});
afterAll(() => devnet?.stop());

/** After each: the books hold, and the chain has what they promise. */
async function expectBacked(): Promise<void> {
  const [found] = await checkBacking(ledger.db, rig.box.lane.client, 31_337, rig.operator);
  if (found) expect(found.held >= found.owed).toBe(true);
  expect(await runInvariants(ledger.db)).toEqual([]);
}
const codeOf = (result: PromiseSettledResult<unknown>) =>
  result.status === "fulfilled"
    ? "done"
    : result.reason instanceof ProblemError
      ? result.reason.code
      : String(result.reason);
function tally(results: PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of results.map(codeOf)) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

test("credit that a payment bought goes back to its wallet's address, in whole units of the token", async () => {
  const payer = await rig.payerWith(5_000_000n);
  const before = await rig.usdcOf(payer.address);
  const asked = 2n * DOLLAR + 345_678_999_999_999_999n;
  const begun = await rig.withdraw(payer, asked);
  expect(begun).toMatchObject({
    ...{ state: "waiting", debited: 2_345_678_000_000_000_000n, left: 999_999_999_999n, amount: 2_345_678n },
    ...{ to: payer.address, token: { symbol: "USDC", decimals: 6 }, transaction: null },
  });
  expect(await rig.walletOf(payer)).toBe(5n * DOLLAR - 2_345_678_000_000_000_000n);

  const sent = await rig.box.until(`withdraw:${begun.id}`, "confirmed");
  expect((await rig.usdcOf(payer.address)) - before).toBe(2_345_678n);
  const of = { payee: payer.address, id: begun.id };
  expect(await findWithdrawal(of, ledger.db)).toMatchObject({
    state: "confirmed",
    transaction: sent.tx_hash,
  });
  expect(await rig.end()).toBe(0); // Not deep enough to be for good.

  await rig.mine(12);
  await rig.box.until(`withdraw:${begun.id}`, "final");
  expect(await rig.end()).toBe(1);
  expect(await rig.end()).toBe(0);
  expect(await findWithdrawal(of, ledger.db)).toMatchObject({
    state: "paid",
    transaction: sent.tx_hash,
    trouble: null,
  });
  expect(await listWithdrawals({ payee: payer.address, limit: 5 }, ledger.db)).toHaveLength(1);
  expect(await findWithdrawal({ ...of, payee: rig.nobody() }, ledger.db)).toBeNull();
  await expectBacked();
});

describe("given what the wallet does not have, or the chain does not back", () => {
  beforeEach(expectBacked);
  const refused = async (ask: () => Promise<unknown>) => {
    const before = await rig.backing();
    const problem = await ask().then(
      () => null,
      (reason: ProblemError) => reason,
    );
    expect(await rig.backing()).toBe(before);
    return { code: problem?.code, ...problem?.options.extensions };
  };

  test("less than a tenth of a dollar is not worth its gas", async () => {
    const payer = await rig.payerWith(1_000_000n);
    const asked = DOLLAR / 10n - 1n;
    expect(await refused(() => rig.withdraw(payer, asked))).toEqual({
      code: "invalid-input",
      minimum: "100000000000000000",
    });
    expect(await rig.walletOf(payer)).toBe(DOLLAR);
  });

  test("more than the wallet holds is refused, and an address without a wallet has nothing", async () => {
    const payer = await rig.payerWith(1_000_000n);
    expect(await refused(() => rig.withdraw(payer, DOLLAR + WORTH))).toEqual({
      ...{ code: "insufficient-balance", balance: "1000000000000000000", required: "1000001000000000000" },
    });
    const stranger = privateKeyToAccount(generatePrivateKey());
    expect(await refused(() => rig.withdraw(stranger, DOLLAR))).toMatchObject({
      code: "insufficient-balance",
      balance: "0",
    });
  });

  test("on a devnet play money may take what others paid, up to the last unit of it and no more", async () => {
    await rig.payerWith(3_000_000n);
    const backing = await rig.backing();
    const rich = { address: (await fundedAddress(ledger.db, 1_000n * DOLLAR)) as `0x${string}` };
    expect(await refused(() => rig.withdraw(rich, (backing + 1n) * WORTH))).toEqual({
      ...{ code: "wallet/not-backed", available: String(backing * WORTH) },
    });
    const { token } = rig.tools;
    expect(
      await readWithdrawable(ledger.db, rich.address, { token: token.asset, mixed: true }),
    ).toMatchObject({
      ...{ available: backing * WORTH, backing: backing * WORTH, balance: 1_000n * DOLLAR, chainId: 31_337 },
    });
    const all = await rig.withdraw(rich, backing * WORTH);
    expect(await refused(() => rig.withdraw(rich, DOLLAR))).toEqual({
      code: "wallet/not-backed",
      available: "0",
    });
    await rig.box.until(`withdraw:${all.id}`, "confirmed");
    expect(await rig.usdcOf(rich.address)).toBe(backing);
  });

  test("elsewhere nothing is paid from a ledger that has ever given out play money", async () => {
    const payer = await rig.payerWith(2_000_000n);
    expect(await refused(() => rig.withdraw(payer, DOLLAR, { mixed: false }))).toEqual({
      ...{ code: "wallet/not-backed", available: "0" },
    });
    const { token } = rig.tools;
    expect(
      await readWithdrawable(ledger.db, payer.address, { token: token.asset, mixed: false }),
    ).toMatchObject({
      ...{ available: 0n, backing: 0n },
    });
    await rig.withdraw(payer, 2n * DOLLAR);
  });

  test("while the account that pays does not hold it, or no node answers, nothing is begun", async () => {
    const payer = await rig.payerWith(1_000_000n);
    const poor = privateKeyToAccount(generatePrivateKey());
    expect(await refused(() => rig.withdraw(payer, DOLLAR, { account: poor }))).toEqual({
      code: "unavailable",
    });
    const deaf = async () =>
      ({
        readContract: () => Promise.reject(new Error("away")),
        getBlock: () => Promise.reject(new Error("away")),
      }) as never;
    expect(await refused(() => rig.withdraw(payer, DOLLAR, { client: deaf }))).toEqual({
      code: "unavailable",
    });
    expect(await rig.walletOf(payer)).toBe(DOLLAR);
  });
});

describe("at once", () => {
  test("50 withdrawals of a wallet with room for 7: 7 are paid, 43 refused", async () => {
    const payer = await rig.payerWith(7_900_000n);
    const before = await rig.usdcOf(payer.address);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => rig.withdraw(payer, DOLLAR)));
    expect(tally(results)).toEqual({ done: 7, "insufficient-balance": 43 });
    expect(await rig.walletOf(payer)).toBe(900_000_000_000_000_000n);
    for (const result of results)
      if (result.status === "fulfilled")
        await rig.box.until(`withdraw:${result.value.id}`, "confirmed", "final");
    expect((await rig.usdcOf(payer.address)) - before).toBe(7_000_000n);
    await expectBacked();
  });

  test("50 wallets with play money at backing for 7: 7 are paid, 43 refused", async () => {
    const rich = { address: (await fundedAddress(ledger.db, 1_000n * DOLLAR)) as `0x${string}` };
    const rest = await rig.backing();
    if (rest > 0n) await rig.withdraw(rich, rest * WORTH);
    const payer = await rig.payerWith(7_500_000n);
    const wallets = await Promise.all(Array.from({ length: 50 }, () => fundedAddress(ledger.db, DOLLAR)));
    const results = await Promise.allSettled(
      wallets.map((address) => rig.withdraw({ address: address as `0x${string}` }, DOLLAR)),
    );
    expect(tally(results)).toEqual({ done: 7, "wallet/not-backed": 43 });
    expect(await rig.backing()).toBe(500_000n);
    for (const result of results)
      if (result.status === "fulfilled")
        await rig.box.until(`withdraw:${result.value.id}`, "confirmed", "final");
    const paid = await Promise.all(wallets.map(rig.usdcOf));
    expect(paid.reduce((sum, one) => sum + one)).toBe(7_000_000n);
    expect(await rig.walletOf(payer)).toBe(7_500_000n * WORTH);
    await expectBacked();
  });

  test("8 wallets that come to backing for 5 in the same moment: 5 are paid, 3 refused", async () => {
    const rich = { address: (await fundedAddress(ledger.db, 1_000n * DOLLAR)) as `0x${string}` };
    const rest = await rig.backing();
    if (rest > 0n) await rig.withdraw(rich, rest * WORTH);
    await rig.payerWith(5_500_000n);
    const wallets = await Promise.all(Array.from({ length: 8 }, () => fundedAddress(ledger.db, DOLLAR)));
    const results = await rig.atOnce(
      { sql: "select 1 from chain_backing for update", values: [] },
      wallets.map((address) => () => rig.withdraw({ address: address as `0x${string}` }, DOLLAR)),
    );
    expect(tally(results)).toEqual({ done: 5, "wallet/not-backed": 3 });
    expect(await rig.backing()).toBe(500_000n);
    await expectBacked();
  });

  test("20 times the same key: one withdrawal; again later, the same; with another amount, a conflict", async () => {
    const payer = await rig.payerWith(5_000_000n);
    const before = await rig.usdcOf(payer.address);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => rig.withdraw(payer, 2n * DOLLAR, { key: "once" })),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await rig.walletOf(payer)).toBe(3n * DOLLAR);
    const [first] = all;
    await rig.box.until(`withdraw:${first?.id}`, "confirmed");
    // The node may be away, and the account empty: what was begun is told all the same.
    const again = await rig.withdraw(payer, 2n * DOLLAR, {
      key: "once",
      client: async () => Promise.reject(new Error()),
    });
    expect(again).toMatchObject({ id: first?.id, state: "confirmed" });
    await expect(rig.withdraw(payer, DOLLAR, { key: "once" })).rejects.toMatchObject({
      code: "idempotency-conflict",
    });
    expect((await rig.usdcOf(payer.address)) - before).toBe(2_000_000n);
    await expectBacked();
  });

  test("payments and withdrawals side by side leave exactly what is left", async () => {
    const payer = await rig.payerWith(2_000_000n);
    const before = await rig.backing();
    const [, ...results] = await Promise.all([
      rig.charge(payer, 1_000_000n),
      ...Array.from({ length: 5 }, () => rig.withdraw(payer, DOLLAR / 5n)),
    ]);
    expect(results).toHaveLength(5);
    expect(await rig.backing()).toBe(before);
    expect(await rig.walletOf(payer)).toBe(2n * DOLLAR);
    await expectBacked();
  });
});
