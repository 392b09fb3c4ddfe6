import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { DEFAULT_TIERS, type TierName } from "@/lib/domain/tier";
import {
  authorise,
  authorised,
  fundedAddress,
  HOUR_MS,
  listProvider,
  setTier,
  someCall,
  TOKEN,
  walletBalance,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { changeStreamTier } from "./change-stream-tier";
import { closeStream } from "./close-stream";
import { collectStream } from "./collect-stream";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";
import { pauseStream } from "./pause-stream";
import { resumeStream } from "./resume-stream";

/** The acceptance vectors (docs: requirements) on the SQL functions. Every figure was worked out by hand or in Python. */
const { simulated } = ledgerForFile();

describe("deposits (S0.6)", () => {
  test.each([
    { tier: "basic", deposit: 166_666_666_666_666_667n },
    { tier: "professional", deposit: 1_666_666_666_666_666_667n },
    { tier: "enterprise", deposit: 16_666_666_666_666_666_667n },
  ] as const)("given $tier, four hours of flow, rounded up", ({ tier, deposit }) =>
    simulated(async ({ db, refusal }) => {
      const { actor, provider, stream } = await opened(db, { tier });
      expect(stream).toMatchObject({ funded: deposit, accrued: 0n, remaining: deposit, status: "active" });
      expect(await walletBalance(db, actor)).toBe(1_000n * TOKEN - deposit);
      const less = { actor, providerId: provider.id, tier, deposit: deposit - 1n };
      const { code, options } = await refusal(() => openStream(less, db));
      expect({ code, ...options.extensions }).toMatchObject({
        code: "invalid-input",
        depositRequired: deposit.toString(),
      });
    }),
  );

  test("given an override of 25 a day, that provider asks 4.166667; others and running streams stay as they were", () =>
    simulated(async ({ db, at }) => {
      const running = await opened(db, { tier: "professional" });
      const other = await opened(db, { tier: "professional" });
      const rate = { amount: 25n * TOKEN, periodMs: 86_400_000n };
      await setTier(db, running.provider.id, { ...DEFAULT_TIERS.professional, rate });
      const dearer = { actor: running.actor, providerId: running.provider.id, tier: "professional" };
      expect((await openStream(dearer, db)).funded).toBe(4_166_666_666_666_666_667n);
      const cheaper = { actor: other.actor, providerId: other.provider.id, tier: "professional" };
      expect((await openStream(cheaper, db)).funded).toBe(1_666_666_666_666_666_667n);
      await at(T0 + HOUR_MS);
      const own = { actor: running.actor, streamId: running.stream.id };
      expect((await getStream(own, db)).accrued).toBe(416_666_666_666_666_666n);
    }));
});

describe("authorising (S0.10, S0.18)", () => {
  test("given start = 0 and at = 0, authorised with nothing accrued", () =>
    simulated(async ({ db }) => {
      const { call, stream } = await opened(db, { tier: "professional" });
      expect(await authorised(db, call())).toMatchObject({
        seq: 1n,
        atMs: T0,
        accrued: 0n,
        remaining: stream.funded,
      });
    }));

  test("given accrual of exactly the deposit, authorised; one millisecond later the deposit is exhausted", () =>
    simulated(async ({ db, at }) => {
      const rates = { basic: { rate: { amount: 86_400n, periodMs: 86_400_000n } } }; // One unit a second.
      const { call, stream } = await opened(db, { tier: "basic", tiers: rates });
      expect(stream.funded).toBe(14_400n);
      await at(T0 + 4n * HOUR_MS);
      expect(await authorised(db, call())).toMatchObject({ accrued: 14_400n, remaining: 0n, runwayMs: 0n });
      await at(T0 + 4n * HOUR_MS + 1n);
      expect(await authorise(db, call())).toMatchObject({
        outcome: "denied",
        code: "stream/deposit-exhausted",
        extensions: { accrued: "14400", funded: "14400", minimumTopUp: "61", canTopUp: true },
      });
    }));

  test("given the control run of the demo, it reads 1 h, 4 h and 8 h as the paper does", () =>
    simulated(async ({ db, at }) => {
      const { call } = await opened(db, { tier: "professional" });
      await at(T0 + HOUR_MS);
      expect(await authorised(db, call())).toMatchObject({
        accrued: 416_666_666_666_666_666n,
        remaining: 1_250_000_000_000_000_001n,
      });
      await at(T0 + 4n * HOUR_MS);
      expect(await authorised(db, call())).toMatchObject({
        accrued: 1_666_666_666_666_666_666n,
        remaining: 1n,
      });
      await at(T0 + 8n * HOUR_MS);
      expect(await authorise(db, call())).toMatchObject({ extensions: { accrued: "3333333333333333333" } });
    }));
});

describe("closing (S0.12, D0.3, D0.4)", () => {
  test("given 0.0001 a second, 0.006 in and 4.2 s, it pays 0.00042 and refunds 0.00558", () =>
    simulated(async ({ db, at }) => {
      const tiers = { basic: { rate: { amount: 10n ** 14n, periodMs: 1_000n } } };
      const { actor, provider, stream } = await opened(db, { tier: "basic", tiers, depositMs: 60_000n });
      expect(stream.funded).toBe(6_000_000_000_000_000n);
      await at(T0 + 4_200n);
      const own = { actor, streamId: stream.id };
      const settlement = {
        status: "settled",
        totalPaid: 420_000_000_000_000n,
        refund: 5_580_000_000_000_000n,
      };
      expect(await closeStream(own, db)).toMatchObject(settlement);
      await at(T0 + HOUR_MS);
      expect(await closeStream(own, db)).toMatchObject(settlement);
      expect(await closeStream({ ...own, actor: provider.owner }, db)).toMatchObject(settlement);
      expect(await walletBalance(db, provider.owner)).toBe(420_000_000_000_000n);
      expect(await walletBalance(db, actor)).toBe(999_999_580_000_000_000_000n);
      const { rows } = await db.query("select sum(earned) as earned from counter where scope = $1", [
        `provider:${provider.id}`,
      ]);
      expect(rows).toEqual([{ earned: "420000000000000" }]);
    }));

  test("given 100 base units over 7 s, run to the end: 100 paid, 0 left", () =>
    simulated(async ({ db, at }) => {
      const tiers = { basic: { rate: { amount: 100n, periodMs: 7_000n } } };
      const { actor, stream } = await opened(db, { tier: "basic", tiers, depositMs: 7_000n });
      await at(T0 + 7_000n);
      expect(await closeStream({ actor, streamId: stream.id }, db)).toMatchObject({
        totalPaid: 100n,
        refund: 0n,
      });
    }));
});

describe("odd milliseconds", () => {
  test("given a pause between, it pays for the running ones and for no other", () =>
    simulated(async ({ db, at }) => {
      const { actor, stream } = await opened(db, { tier: "basic", deposit: 2n * TOKEN });
      const own = { actor, streamId: stream.id };
      await at(T0 + 1_234_567n);
      await pauseStream(own, db);
      await at(T0 + 1_235_566n);
      await resumeStream(own, db);
      await at(T0 + 8_889_887n); // 7,654,321 ms later
      expect(await closeStream(own, db)).toMatchObject({
        totalPaid: 102_880_648_148_148_148n,
        refund: 1_897_119_351_851_851_852n,
      });
    }));

  test("given two changes of tier, each stretch counts at its own price, with one floor over all", () =>
    simulated(async ({ db, at }) => {
      const { actor, stream } = await opened(db, { tier: "basic", deposit: 4n * TOKEN });
      const own = { actor, streamId: stream.id };
      await at(T0 + 1_000_003n);
      await changeStreamTier({ ...own, tier: "professional" }, db);
      await at(T0 + 1_000_020n); // 17 ms later
      await changeStreamTier({ ...own, tier: "enterprise" }, db);
      await at(T0 + 1_033_351n); // 33,331 ms later. Floored one by one they come to a unit less.
      expect(await closeStream(own, db)).toMatchObject({ totalPaid: 50_153_622_685_185_185n });
    }));

  test.each([0n, 1n, 3n, 200n])("given %d collects on the way, the total is the same", (times) =>
    simulated(async ({ db, at }) => {
      const { actor, provider, stream } = await opened(db, { tier: "basic", deposit: 2n * TOKEN });
      for (let n = 1n; n <= times; n += 1n) {
        await at(T0 + (8_888_888n * n) / (times + 1n));
        await collectStream({ actor: provider.owner, streamId: stream.id }, db);
      }
      await at(T0 + 8_888_888n);
      expect(await closeStream({ actor, streamId: stream.id }, db)).toMatchObject({
        totalPaid: 102_880_648_148_148_148n,
      });
      expect(await walletBalance(db, provider.owner)).toBe(102_880_648_148_148_148n);
    }),
  );
});

async function opened(
  db: Queryable,
  { tier, deposit, ...terms }: { tier: TierName; deposit?: bigint } & Parameters<typeof listProvider>[1],
) {
  const provider = await listProvider(db, terms);
  const actor = await fundedAddress(db, 1_000n * TOKEN);
  const stream = await openStream({ actor, providerId: provider.id, tier, deposit }, db);
  const call = () => someCall({ providerId: provider.id, payer: actor });
  return { provider, actor, stream, call };
}
