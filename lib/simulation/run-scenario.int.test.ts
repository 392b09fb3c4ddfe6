import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import { formatAmount } from "@/lib/format";
import type { SimulationReport } from "./run-scenario";
import { controlDay, demoDay } from "./scenario";
import { simulate, stopSimulator } from "./simulate";

const usdc = (value: bigint, digits = 6) =>
  formatAmount(value, { decimals: 18, max: digits, min: digits, rounding: "nearest" });

describe("given the 24 h demo on the real money functions", () => {
  let report: SimulationReport;
  beforeAll(async () => {
    report = await simulate(demoDay);
  });
  afterAll(async () => {
    await Promise.all([stopSimulator(), pool().end()]);
  });

  test("103 calls are authorised: 7, 96 and none", () => {
    expect(report.authorised).toBe(103);
    expect(report.denied).toBe(0);
    expect([...report.earned.values()].map(({ served }) => served)).toEqual([7, 96, 0]);
  });

  test("six top-ups a stream, paid 10, 100 and 1, the rest refunded, volume 111", () => {
    expect(report.streams.map(({ topUps }) => topUps)).toEqual([6, 6, 6]);
    expect(report.streams.map(({ settlement }) => usdc(settlement.stream.funded))).toEqual([
      "11.666667",
      "116.666667",
      "1.166667",
    ]);
    expect(report.streams.map(({ settlement }) => usdc(settlement.totalPaid))).toEqual([
      "10.000000",
      "100.000000",
      "1.000000",
    ]);
    expect(report.streams.map(({ settlement }) => usdc(settlement.refund))).toEqual([
      "1.666667",
      "16.666667",
      "0.166667",
    ]);
    expect(usdc(report.volume, 4)).toBe("111.0000");
  });

  test("the books hold", () => {
    expect(report.violations).toEqual([]);
  });

  test("the control run stops at the deposits: 19 authorised, 84 denied, 18.5 paid, nothing back", async () => {
    const control = await simulate(controlDay);
    const deniedAt = (stream: string) =>
      control.calls.find((call) => call.stream === stream && call.decision.outcome === "denied");
    const accruedOf = (stream: string) => {
      const decision = deniedAt(stream)?.decision;
      return decision?.outcome === "denied" ? usdc(BigInt(String(decision.extensions.accrued))) : null;
    };

    expect([control.authorised, control.denied]).toEqual([19, 84]);
    expect([deniedAt("s1")?.atMs, accruedOf("s1")]).toEqual([28_800_000n, "3.333333"]);
    expect([deniedAt("s2")?.atMs, accruedOf("s2")]).toEqual([15_300_000n, "17.708333"]);
    expect(control.streams.map(({ settlement }) => usdc(settlement.totalPaid))).toEqual([
      "1.666667",
      "16.666667",
      "0.166667",
    ]);
    expect(control.streams.map(({ settlement }) => settlement.refund)).toEqual([0n, 0n, 0n]);
    const third = control.calls.filter(({ stream }) => stream === "s1")[1];
    expect(third?.decision).toMatchObject({ outcome: "authorised" });
    expect(third?.decision.outcome === "authorised" && usdc(third.decision.accrued)).toBe("1.666667");
  });

  test("rows of a simulated clock cannot be committed", async () => {
    const client = await pool().connect();
    try {
      await client.query("begin");
      await client.query("select set_config('superstream.now_ms', '0', true)");
      await client.query(
        `select credit_wallet('{"actor":"0xsim","amount":"5","asset":"USDCx","source":"faucet","dailyMax":"5"}')`,
      );
      await expect(client.query("commit")).rejects.toThrow("injected clock");
    } finally {
      client.release();
    }
  });
});
