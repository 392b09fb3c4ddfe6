import { type Address, zeroAddress } from "viem";
import { afterAll, describe, expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import { perDay } from "@/lib/domain/rate";
import { getStream } from "@/lib/streams/get-stream";
import { openStream } from "@/lib/streams/open-stream";
import { fundedAddress, listProvider, TOKEN } from "@/lib/testing/ledger-fixtures";
import type { RailTerms } from "../rail";
import { railFor } from "../rail-for";

const rail = railFor("ledger");

function terms(over: Partial<RailTerms> = {}): RailTerms {
  return {
    ...{ receiver: zeroAddress, tag: 1n, rate: perDay(TOKEN), durationMs: 14_400_000n, leastMs: 14_400_000n },
    ...{ payer: null, asset: null, permit: null },
    ...over,
  };
}

afterAll(() => pool().end());

describe("the ledger as a rail", () => {
  test("a quote asks for the deposit rounded up, no gas and nothing to sign", async () => {
    const quote = await rail.quote(terms({ rate: perDay(10n * TOKEN) }));
    expect(quote).toMatchObject({
      ...{ rail: "ledger", deposit: 1_666_666_666_666_666_667n, runwayMs: 14_400_000n, gas: null },
      ...{ chain: null, balances: null, missing: null, opening: { kind: "request" } },
    });
  });

  test("a quote for longer than the provider asks for locks more, for less as much, and says what the payer lacks", async () => {
    const payer = (await fundedAddress(pool(), TOKEN)) as Address;
    const day = await rail.quote(terms({ durationMs: 86_400_000n, payer }));
    expect(day).toMatchObject({ deposit: TOKEN, balances: { token: TOKEN }, missing: null });
    const week = await rail.quote(terms({ durationMs: 7n * 86_400_000n, payer }));
    expect(week).toMatchObject({ deposit: 7n * TOKEN, missing: { amount: 6n * TOKEN } });
    expect(await rail.quote(terms({ durationMs: 1n }))).toMatchObject({
      ...{ deposit: 166_666_666_666_666_667n, runwayMs: 14_400_000n },
    });
  });

  test("what it quotes is what opening locks, what it observes is what the parties see", async () => {
    const db = pool();
    const provider = await listProvider(db);
    const actor = await fundedAddress(db, 10n * TOKEN);
    const stream = await openStream({ actor, providerId: provider.id, tier: "basic" });
    const quote = await rail.quote(terms({ rate: stream.rate }));
    expect(stream.funded).toBe(quote.deposit);

    const seen = await rail.observe(stream.id);
    expect(seen).toMatchObject({
      status: "active",
      rate: stream.rate,
      funded: stream.funded,
      startedMs: stream.startedAtMs,
      fundedUntilMs: stream.startedAtMs + 14_400_000n,
      asOf: { kind: "database" },
    });
    expect(seen.asOf.atMs >= stream.serverNowMs).toBe(true);
  });

  test("settling pays one end and refunds the other, and settling again changes nothing", async () => {
    const db = pool();
    const provider = await listProvider(db);
    const actor = await fundedAddress(db, 10n * TOKEN);
    const { id: streamId, funded } = await openStream({ actor, providerId: provider.id, tier: "basic" });

    const first = await rail.settle({ streamId, actor });
    expect(first).toMatchObject({ status: "settled", fundedUntilMs: null });
    expect(first.paid + first.refunded).toBe(funded);
    expect(await getStream({ actor, streamId })).toMatchObject({
      billed: first.paid,
      refunded: first.refunded,
    });
    const again = await rail.settle({ streamId, actor });
    expect([again.paid, again.refunded]).toEqual([first.paid, first.refunded]);
  });

  test("given a stranger, an unknown stream or an unknown rail, it refuses", async () => {
    const db = pool();
    const provider = await listProvider(db);
    const actor = await fundedAddress(db, 10n * TOKEN);
    const stranger = await fundedAddress(db, TOKEN);
    const { id: streamId } = await openStream({ actor, providerId: provider.id, tier: "basic" });
    await expect(rail.settle({ streamId, actor: stranger })).rejects.toThrow("Stream not found.");
    await expect(rail.observe("str_unknown")).rejects.toThrow("Stream not found.");
    expect(() => railFor("superfluid")).toThrow("The superfluid rail is not available here.");
  });
});
