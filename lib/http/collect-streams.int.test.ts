import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { providerListing } from "@/lib/testing/provider-listing";
import { signIn } from "@/lib/testing/sign-in";
import { creditWalletOperation, getWalletOperation } from "./operations/account-operations";
import { getProviderOperation, registerProviderOperation } from "./operations/market-operations";
import { collectStreamsOperation, openStreamOperation } from "./operations/stream-change-operations";

type Collected = { streams: number; collected: string; after: string | null };
type Wallet = { balance: string };

test("given two streams, their receiver collects from both at once, as often as it likes, and a sender nothing", async () => {
  const owner = await signIn();
  const payers = await Promise.all([signIn(), signIn()]);
  await answerOf(registerProviderOperation, { token: owner.token, json: providerListing("collects") });
  for (const { token } of payers) {
    await answerOf(creditWalletOperation, { token, json: {} });
    await answerOf(openStreamOperation, { token, json: { providerId: "collects" } });
  }
  await sleep(20); // At more than a million units a millisecond, each accrues something.
  const collect = (token: string, json: unknown = {}) =>
    answerOf<Collected>(collectStreamsOperation, { token, json });

  const first = await collect(owner.token);
  expect(first).toMatchObject({ streams: 2, after: null });
  const second = await collect(owner.token);
  expect(await collect(payers[0].token)).toEqual({ streams: 0, collected: "0", after: null });
  const { balance } = await answerOf<Wallet>(getWalletOperation, { token: owner.token });
  expect(BigInt(first.collected)).toBeGreaterThan(0n);
  expect(BigInt(balance)).toBe(BigInt(first.collected) + BigInt(second.collected));
});

test("given nobody, or a place to go on that is no stream's id, it is refused", async () => {
  const { token } = await signIn();
  expect((await callOperation(collectStreamsOperation, { json: {} })).status).toBe(401);
  expect((await callOperation(collectStreamsOperation, { token, json: { after: "elsewhere" } })).status).toBe(
    422,
  );
});

test("given a provider's own deposit and grace, they are shown, and asked of who opens a stream", async () => {
  const [owner, payer] = await Promise.all([signIn(), signIn()]);
  const terms = { depositMs: 7_200_000, graceMs: 60_000 };
  const json = { ...providerListing("own-terms"), ...terms };
  await answerOf(registerProviderOperation, { token: owner.token, json });
  expect(await answerOf(getProviderOperation, { params: { providerId: "own-terms" } })).toMatchObject(terms);
  await answerOf(creditWalletOperation, { token: payer.token, json: {} });
  const stream = await answerOf<{ runwayMs: number }>(openStreamOperation, {
    token: payer.token,
    json: { providerId: "own-terms" },
  });
  expect(stream.runwayMs).toBeGreaterThan(7_190_000);
  expect(stream.runwayMs).toBeLessThanOrEqual(7_200_000);
});
