import { expect, test } from "vitest";
import { fundedAddress, HOUR_MS, listProvider, someAddress, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { closeStream } from "./close-stream";
import { getStreamsOverview } from "./get-streams-overview";
import { listStreams } from "./list-streams";
import { openStream } from "./open-stream";
import { pauseStream } from "./pause-stream";

const { simulated } = ledgerForFile();

/** One token an hour, and two. */
const tiers = {
  basic: { rate: { amount: 24n * TOKEN, periodMs: 24n * HOUR_MS } },
  professional: { rate: { amount: 2n * TOKEN, periodMs: HOUR_MS } },
};

test("given streams that run, stand still and are over, the totals are of the right ones, for each end", () =>
  simulated(async ({ db, at }) => {
    const one = await listProvider(db, { tiers });
    const two = await listProvider(db, { tiers, owner: one.owner });
    const actor = await fundedAddress(db, 100n * TOKEN);
    const open = (providerId: string, tier: string, deposit: bigint) =>
      openStream({ actor, providerId, tier, deposit }, db);
    const long = await open(one.id, "basic", 10n * TOKEN);
    const short = await open(two.id, "professional", 8n * TOKEN);
    const paused = await open(one.id, "basic", 4n * TOKEN);
    const closed = await open(one.id, "basic", 4n * TOKEN);
    await pauseStream({ actor, streamId: paused.id }, db);
    await closeStream({ actor, streamId: closed.id }, db);
    await at(T0 + HOUR_MS);

    const sends = await getStreamsOverview({ actor }, db);
    expect(sends).toMatchObject({
      outPerHour: 3n * TOKEN,
      inPerHour: 0n,
      locked: 22n * TOKEN,
      collectable: 0n,
      collectableStreams: 0,
      running: 2,
      total: 4,
      shortest: { streamId: short.id, providerName: two.id, depletesAtMs: T0 + 4n * HOUR_MS + 1n },
      serverNowMs: T0 + HOUR_MS,
    });
    expect(sends.providers.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort());
    expect(await getStreamsOverview({ actor: one.owner }, db)).toMatchObject({
      outPerHour: 0n,
      inPerHour: 3n * TOKEN,
      locked: 0n,
      collectable: 3n * TOKEN,
      collectableStreams: 2, // The paused one stood still from its first moment on; the closed one is paid.
      running: 2,
      shortest: null,
    });

    const ids = async (filter: object) =>
      (await listStreams({ actor, limit: 10, ...filter }, db)).items.map(({ id }) => id).sort();
    expect(await ids({ open: true })).toEqual([long.id, short.id, paused.id].sort());
    expect(await ids({ providerId: two.id })).toEqual([short.id]);

    // A deposit that is spent flows no more, though no sweep has said so.
    await at(T0 + 5n * HOUR_MS);
    expect(await getStreamsOverview({ actor }, db)).toMatchObject({
      outPerHour: TOKEN,
      running: 1,
      shortest: { streamId: long.id },
    });
  }));

test("an account without streams has totals of nothing", () =>
  simulated(async ({ db }) => {
    expect(await getStreamsOverview({ actor: someAddress() }, db)).toMatchObject({
      outPerHour: 0n,
      locked: 0n,
      total: 0,
      shortest: null,
      providers: [],
    });
  }));
