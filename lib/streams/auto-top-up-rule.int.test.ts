import { expect, test } from "vitest";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { fundedAddress, HOUR_MS, listProvider, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { openStream } from "./open-stream";
import { setAutoTopUp } from "./set-auto-top-up";

const { simulated } = ledgerForFile();

/** At one token an hour a top-up of an hour is one token. */
const tiers = { basic: { rate: { amount: 24n * TOKEN, periodMs: 24n * HOUR_MS } } };
const good: AutoTopUpRule = { triggerMs: HOUR_MS, chunkMs: HOUR_MS, dailyMax: TOKEN, expiresMs: T0 + 1n };
const useless: { given: string; rule: AutoTopUpRule; member: string }[] = [
  { given: "a daily maximum below one top-up", rule: { ...good, dailyMax: TOKEN - 1n }, member: "dailyMax" },
  { given: "a rule that has expired", rule: { ...good, expiresMs: T0 }, member: "expiresMs" },
];

test.each(useless)("given $given, setting it is refused, the rule before stays", ({ rule, member }) =>
  simulated(async ({ db, refusal }) => {
    const provider = await listProvider(db, { tiers });
    const actor = await fundedAddress(db, 10n * TOKEN);
    const { id: streamId } = await openStream(
      { actor, providerId: provider.id, tier: "basic", autoTopUp: good },
      db,
    );
    const refused = await refusal(() => setAutoTopUp({ actor, streamId, rule }, db));
    expect(refused).toMatchObject({ code: "invalid-input", options: { extensions: { member } } });
    const after = await setAutoTopUp({ actor, streamId, rule: good }, db);
    expect(after.autoTopUp).toEqual(good);
    expect((await setAutoTopUp({ actor, streamId, rule: null }, db)).autoTopUp).toBeNull();
  }),
);

test.each(useless)("given $given, no stream is opened with it and no money moves", ({ rule, member }) =>
  simulated(async ({ db, refusal }) => {
    const provider = await listProvider(db, { tiers });
    const actor = await fundedAddress(db, 10n * TOKEN);
    const refused = await refusal(() =>
      openStream({ actor, providerId: provider.id, tier: "basic", autoTopUp: rule }, db),
    );
    expect(refused).toMatchObject({ code: "invalid-input", options: { extensions: { member } } });
    const { rows } = await db.query("select count(*)::int as n from stream where sender = $1", [actor]);
    expect(rows).toEqual([{ n: 0 }]);
  }),
);

test("given a stream opened once, asking again under its key answers it, also when its rule has expired since", () =>
  simulated(async ({ db, at }) => {
    const provider = await listProvider(db, { tiers });
    const actor = await fundedAddress(db, 10n * TOKEN);
    const ask = { actor, providerId: provider.id, tier: "basic", autoTopUp: good, idempotencyKey: "once" };
    const first = await openStream(ask, db);
    await at(T0 + HOUR_MS);
    expect((await openStream(ask, db)).id).toBe(first.id);
  }));
