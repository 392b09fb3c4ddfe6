import { beforeEach, describe, expect, test, vi } from "vitest";
import { callOperation } from "@/lib/testing/call-operation";
import { signIn } from "@/lib/testing/sign-in";
import { getWalletOperation } from "./operations/account-operations";
import { listWebhooksOperation } from "./operations/alert-operations";
import { pauseStreamOperation } from "./operations/stream-change-operations";
import { forgetRateCounts } from "./rate-limit";

// The limits of a public network: a devnet's are ten times as high.
vi.mock("@/lib/env", async (load) => {
  const real = await load<typeof import("@/lib/env")>();
  return { ...real, env: { ...real.env, NETWORK: "mainnet" } };
});

beforeEach(() => forgetRateCounts());

const WRONG = "A".repeat(43);
const pause = async (token: string) => {
  const { status } = await callOperation(pauseStreamOperation, { token, params: { streamId: "str_none" } });
  return status;
};

/** As often as a minute allows, at once. */
const pauseMany = async (token: string) =>
  new Set(await Promise.all(Array.from({ length: 300 }, () => pause(token))));

describe("who may call how often", () => {
  test("given 300 wrong tokens from one address in a minute, it is refused before another one is looked at", async () => {
    const { token } = await signIn();
    expect(await pauseMany(WRONG)).toEqual(new Set([401]));
    expect(await pause(WRONG)).toBe(429);
    expect(await pause(token)).toBe(429);
    // Reads have a count of their own.
    expect((await callOperation(getWalletOperation, { token })).status).toBe(200);
  });

  test("given an account's own calls, they count for the account, and not for the address that others share", async () => {
    const [busy, other] = [await signIn(), await signIn()];
    expect(await pauseMany(busy.token)).toEqual(new Set([404]));
    const refused = await callOperation(pauseStreamOperation, {
      token: busy.token,
      params: { streamId: "str_none" },
    });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ code: "rate-limited", limitPerMinute: 300 });
    expect(await pause(other.token)).toBe(404);
    expect((await callOperation(listWebhooksOperation, { token: busy.token })).status).toBe(200);
  });
});
