import { expect, test } from "vitest";
import { PERIODS_MS } from "@/lib/domain/rate";
import { authorizeRequests } from "@/lib/streams/authorize-request";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";
import { closeStream } from "@/lib/streams/close-stream";
import { collectStream } from "@/lib/streams/collect-stream";
import { collectStreams } from "@/lib/streams/collect-streams";
import { completeRequests } from "@/lib/streams/complete-request";
import { openStream } from "@/lib/streams/open-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { resumeStream } from "@/lib/streams/resume-stream";
import { setAutoTopUp } from "@/lib/streams/set-auto-top-up";
import { settleStreams } from "@/lib/streams/settle-streams";
import { sweepStreams } from "@/lib/streams/sweep-streams";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { countDeadlocks } from "@/lib/testing/count-deadlocks";
import { ignoreRefusal } from "@/lib/testing/ignore-refusal";
import { fundedAddress, listProvider, someAddress, someCall } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { randomSource } from "@/lib/testing/random-source";
import { runInvariants } from "./run-invariants";

const CLIENTS = 32;
const HUNT_MS = 6_000;
const ledger = ledgerForFile(CLIENTS);
const random = randomSource(Date.now());

test("given three payers who are each other's receivers, six seconds of everything at once never deadlock", async () => {
  const { db } = ledger;
  const payers = await race(3, () => fundedAddress(db, 10n ** 12n));
  const providers = await race(3, (n) =>
    listProvider(db, { owner: payers[n] ?? "", tiers, depositMs: 3_000n, graceMs: 300n }),
  );
  const streams = await race(5, opened);
  const running: string[] = [];
  const done: Record<string, number> = {};

  async function opened() {
    const { id: providerId, owner: receiver } = random.pick(providers);
    const sender = random.pick(payers.filter((payer) => payer !== receiver));
    const { id } = await openStream({ actor: sender, providerId, tier: "basic" }, db);
    return { id, sender, receiver, providerId };
  }

  const actions: Record<string, () => Promise<unknown>> = {
    open: async () => {
      streams[random.below(streams.length)] = await opened();
    },
    topUp: () => onStream((own) => topUpStream({ ...own, amount: 30_000n }, db)),
    close: () => {
      const { id, sender, receiver } = random.pick(streams);
      return closeStream({ actor: random.pick([sender, receiver]), streamId: id }, db);
    },
    collect: () => {
      const { id, receiver } = random.pick(streams);
      return collectStream({ actor: receiver, streamId: id }, db);
    },
    collectAll: () => collectStreams({ actor: random.pick(payers) }, db),
    settle: () => settleStreams({ intervalMs: 1, budgetMs: 50 }, db),
    changeTier: () =>
      onStream((own) => changeStreamTier({ ...own, tier: random.pick(["basic", "professional"]) }, db)),
    pause: () => onStream((own) => pauseStream(own, db)),
    resume: () => onStream((own) => resumeStream(own, db)),
    rule: () => onStream((own) => setAutoTopUp({ ...own, rule: random.below(3) ? rule : null }, db)),
    sweep: () => sweepStreams({ limit: 10 }, db),
    authorise: async () => {
      const group = random.below(10);
      const calls = Array.from({ length: 1 + random.below(8) }, () => {
        const { id, sender, providerId } = random.pick(streams);
        // Few keys and proofs, so that batches meet on them in any order.
        const idempotencyKey = random.below(4) ? null : `key-${random.below(6)}`;
        const proof = `proof-${group}-${random.below(6)}`;
        const claim = random.below(3)
          ? {}
          : { claim: { kind: "challenge" as const, id: proof, expiresMs: 9_999_999_999_999n } };
        return someCall({
          providerId,
          payer: sender,
          streamId: id,
          price: BigInt(random.below(50)),
          idempotencyKey,
          ...claim,
        });
      });
      const decisions = await authorizeRequests(calls, db);
      running.push(
        ...decisions.flatMap((decision) => (decision.outcome === "authorised" ? [decision.requestId] : [])),
      );
    },
    complete: async () => {
      const ids = running.splice(0, 8);
      if (ids.length === 0) return;
      const status = 200;
      const end = { status, responseDigest: null, receipt: null };
      await completeRequests(
        ids.map((requestId) => ({ requestId, outcome: random.below(3) ? "served" : "voided", ...end })),
        db,
      );
    },
    // Two who have nothing yet, opening towards each other.
    strangers: async () => {
      const [a, b] = [someAddress(), someAddress()];
      const [pa, pb] = [await listProvider(db, { owner: a }), await listProvider(db, { owner: b })];
      const opening = (actor: string, providerId: string) =>
        openStream({ actor, providerId, tier: "basic" }, db).catch(ignoreRefusal);
      await Promise.all([opening(a, pb.id), opening(b, pa.id)]);
    },
  };
  function onStream(act: (own: { actor: string; streamId: string }) => Promise<unknown>) {
    const { id, sender } = random.pick(streams);
    return act({ actor: sender, streamId: id });
  }

  const end = performance.now() + HUNT_MS;
  const names = Object.keys(actions);
  await race(CLIENTS, async () => {
    while (performance.now() < end) {
      const name = random.pick(random.below(2) ? ["authorise", "complete"] : names);
      await actions[name]?.().catch(ignoreRefusal);
      done[name] = (done[name] ?? 0) + 1;
    }
  });

  expect(Object.keys(done).sort()).toEqual(names.sort());
  expect(await countDeadlocks(db)).toBe(0);
  expect(await runInvariants(db)).toEqual([]);
}, 60_000);

const tiers = {
  basic: { rate: { amount: 1_000n, periodMs: PERIODS_MS.second }, maxRequestsPerHour: 1_000_000 },
  professional: { rate: { amount: 2_000n, periodMs: PERIODS_MS.second }, maxRequestsPerHour: 1_000_000 },
};
const rule = { triggerMs: 2_000n, chunkMs: 2_000n, dailyMax: 10n ** 9n, expiresMs: null };
