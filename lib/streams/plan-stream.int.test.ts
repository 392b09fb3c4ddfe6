import { describe, expect, test, vi } from "vitest";

// Before anything reads the settings: plans are asked of the product as a site with a chain has it.
await vi.hoisted(async () => {
  await (await import("@/lib/testing/own-devnet")).ownDevnet();
  await (await import("@/lib/testing/own-database")).ownDatabase();
});

import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { railFor } from "@/lib/rails/rail-for";
import { planStream } from "./plan-stream";
import { DAY_MS, type Plan, planSite } from "./testing/plan-site";

const { chain, provider, person, personOfUsdc, plan, refusal } = planSite();

const gasOf = (planned: Plan | undefined) => BigInt(planned?.gas?.amount ?? 0);

describe("a plan", () => {
  test("says the price on each rail to anybody, side by side", async () => {
    const { id } = await provider();
    const [ledger, streampay, superfluid] = await Promise.all(
      ["ledger", "streampay", "superfluid"].map((rail) => plan(id, { rail })),
    );
    expect(ledger).toMatchObject({
      ...{ chainId: null, contract: null, gas: null, shortestWorthMs: 0, prompts: 0, calls: [] },
      ...{ deposit: "1000000000000000000", costPerDay: "1000000000000000000", runwayMs: DAY_MS },
      asset: { symbol: "USDCx", decimals: 18 },
    });
    expect(streampay).toMatchObject({
      ...{ chainId: 31_337, contract: DEVNET.streamPay, deposit: "1000000", costPerDay: "1000000" },
      ...{ runwayMs: DAY_MS, wrap: "0", balances: null, prompts: null, calls: [], permit: null },
      ...{ flowRatePerSecond: "11", shortestWorthMs: null, missing: null },
      asset: { id: `eip155:31337/erc20:${DEVNET.usdc.toLowerCase()}`, symbol: "USDC", decimals: 6 },
      gas: { symbol: "ETH", decimals: 18, dollars: null },
      rate: { amount: "1000000", periodMs: DAY_MS },
    });
    const buffer = await chain.readContract({
      address: DEVNET.cfaV1Forwarder,
      abi: cfaV1ForwarderAbi,
      functionName: "getBufferAmountByFlowrate",
      args: [DEVNET.usdcx, 11_574_074_074_074n],
    });
    expect(superfluid).toMatchObject({
      ...{ chainId: 31_337, contract: DEVNET.cfaV1Forwarder, deposit: `${buffer}`, wrap: "0" },
      ...{ flowRatePerSecond: "11574074074074", costPerDay: "999999999999993600", runwayMs: DAY_MS },
      rate: { amount: "11574074074074", periodMs: 1_000 },
    });
    expect(gasOf(superfluid) > 0n).toBe(true);
  });

  test("says gas in dollars, and how long the stream has to run to be worth it, once the coin's worth is known", async () => {
    const { id } = await provider();
    const asked = { providerId: id, tier: "basic", rail: "streampay", durationMs: BigInt(DAY_MS) } as const;
    const { gas, shortestWorthMs } = await planStream(asked, { coinDollars: "2000.5" });
    if (!gas || gas.dollars === null || shortestWorthMs === null) throw new Error("All is known.");
    expect(gas.dollars).toBe((gas.amount * 20_005n + 9n) / 10n);
    // A dollar a day: a twentieth of what has flowed by then covers it, and a second before does not.
    const flowed = (ms: bigint) => (10n ** 18n * ms) / 86_400_000n / 20n;
    expect(flowed(shortestWorthMs) >= gas.dollars).toBe(true);
    expect(flowed(shortestWorthMs - 1_000n) < gas.dollars).toBe(true);
  });

  test("counts the gas of the payer's own first call, with the margin", async () => {
    const [payer, { id }] = [await person(), await provider()];
    const planned = await plan(id, { payer: payer.address });
    const [call] = planned.calls;
    if (!call) throw new Error("There is a call.");
    const { to, data } = call;
    const used = await chain.estimateGas({ account: payer.account.address, to, data });
    const { baseFeePerGas } = await chain.getBlock();
    const price = (baseFeePerGas ?? 0n) + (await chain.estimateMaxPriorityFeePerGas());
    expect(gasOf(planned)).toBe(((used * 13n + 9n) / 10n) * price);
  });

  test("refuses what cannot be opened, each for its own reason", async () => {
    const { id, owner } = await provider();
    const payer = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    const cases: [Record<string, unknown>, number, string][] = [
      [{ tier: "gold" }, 400, "unknown-tier"],
      [{ payer: owner }, 409, "self-stream"],
      [{ durationMs: 0 }, 422, "invalid-input"],
      [{ durationMs: 365 * DAY_MS + 1 }, 422, "invalid-input"],
      [{ rail: "lightning" }, 422, "invalid-input"],
      [{ chainId: 8_453 }, 422, "invalid-input"],
      [{ rail: "ledger", chainId: 31_337 }, 422, "invalid-input"],
      [{ decimals: 6 }, 422, "invalid-input"],
      [{ asset: `eip155:31337/erc20:${DEVNET.usdc.toLowerCase()}` }, 422, "invalid-input"],
      [{ rail: "streampay", asset: "eip155:31337/slip44:60" }, 422, "invalid-input"],
      [{ rail: "streampay", decimals: 18 }, 422, "invalid-input"],
      [
        { permit: { value: "1", deadline: "1", signature: `0x${"00".repeat(65)}` } },
        401,
        "invalid-signature",
      ],
      [
        { payer, permit: { value: "1", deadline: `${2n ** 40n}`, signature: `0x${"11".repeat(65)}` } },
        401,
        "invalid-signature",
      ],
    ];
    for (const [body, status, code] of cases)
      expect({ body, ...(await refusal(id, body)) }).toMatchObject({ body, status, code });
    expect(await refusal("p-nobody", {})).toMatchObject({ status: 404, code: "provider-not-found" });
    expect(() => railFor("streampay", null)).toThrow("The streampay rail is not available here.");
  });

  test("says what is missing, and then gives nothing to sign", async () => {
    const [poor, { id }] = [await personOfUsdc("0.25"), await provider()];
    expect(await plan(id, { rail: "streampay", payer: poor.address })).toMatchObject({
      ...{ calls: [], permit: null, prompts: null },
      missing: { amount: "750000", symbol: "USDC", decimals: 6 },
    });
    const { missing, calls } = await plan(id, { payer: poor.address });
    expect(calls).toEqual([]);
    // A day of flow and a buffer of four hours, up to a millionth, less the quarter that is there.
    expect(missing).toMatchObject({ amount: "916667", symbol: "USDC", decimals: 6 });
  });
});
