import { beforeEach, describe, expect, test, vi } from "vitest";
import { ProblemError } from "@/lib/errors";
import { forgetRateCounts, limitRate, refuseFullCount } from "./rate-limit";

const settings = vi.hoisted(() => ({ NETWORK: "mainnet" }));
vi.mock("@/lib/env", () => ({ env: settings }));

beforeEach(() => {
  settings.NETWORK = "mainnet";
  forgetRateCounts();
});

async function countUntilRefused(caller: string): Promise<{ count: number; refusal: unknown }> {
  for (let count = 0; count < 10_000; count += 1) {
    const refusal = await limitRate("signIn", caller).catch((error: unknown) => error);
    if (refusal !== undefined) return { count, refusal };
  }
  throw new Error("Nothing was refused.");
}

describe("limitRate", () => {
  test("given 60 sign-ins in a minute, the next is told when to come back, and another caller is not touched", async () => {
    const { count, refusal } = await countUntilRefused("ip:1.1.1.1");
    expect(count).toBe(60);
    expect(refusal).toBeInstanceOf(ProblemError);
    const { code, options } = refusal as ProblemError;
    expect(code).toBe("rate-limited");
    expect(options.extensions?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(options.extensions?.retryAfterSeconds).toBeLessThanOrEqual(60);
    await expect(limitRate("signIn", "ip:2.2.2.2")).resolves.toBeUndefined();
  });

  test("given a full count, a look at it refuses without counting; given an open one, it lets pass", async () => {
    await expect(refuseFullCount("signIn", "ip:1.1.1.1")).resolves.toBeUndefined();
    await countUntilRefused("ip:1.1.1.1");
    await expect(refuseFullCount("signIn", "ip:1.1.1.1")).rejects.toMatchObject({ code: "rate-limited" });
    await expect(refuseFullCount("read", "ip:1.1.1.1")).resolves.toBeUndefined();
  });

  test("given a devnet, where every caller is one machine, ten times as many", async () => {
    settings.NETWORK = "devnet";
    expect((await countUntilRefused("ip:1.1.1.1")).count).toBe(600);
  });
});
