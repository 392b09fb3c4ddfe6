import { expect, test } from "vitest";
import { PERIODS_MS } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
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
import { fundedAddress, listProvider, someAddress, someCall } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { runInvariants } from "./run-invariants";

const CLIENTS = 32;
const HUNT_MS = 6_000;
const ledger = ledgerForFile(CLIENTS);

test("given three payers who are each other's receivers, six seconds of everything at once never deadlock", async () => {
  const { db } = ledger;
  const payers = await race(3, () => fundedAddress(db, 10n ** 12n));
  const providers = await race(3, (n) =>
    listProvider(db, { owner: payers[n] ?? "", tiers, depositMs: 3_000n, graceMs: 300n }),
  );
  const streams = await race(5, (n) => opened(n));
  const running: string[] = [];
  const done: Record<string, number> = {};

  async function opened(n: number) {
    const actor = pick(payers, n);
    const { id } = await openStream(
      { actor, providerId: pick(providers, n + 1 + (n % 2)).id, tier: "basic" },
      db,
    );
    return {
      id,
      sender: actor,
      receiver: pick(payers, n + 1 + (n % 2)),
      providerId: pick(providers, n + 1 + (n % 2)).id,
    };
  }

  const actions: Record<string, (n: number) => Promise<unknown>> = {
    open: async (n) => {
      streams[n % streams.length] = await opened(n);
    },
    topUp: (n) => onStream(n, (actor, streamId) => topUpStream({ actor, streamId, amount: 30_000n }, db)),
    close: (n) =>
      closeStream(
        { actor: n % 2 ? pick(streams, n).sender : pick(streams, n).receiver, streamId: pick(streams, n).id },
        db,
      ),
    collect: (n) => collectStream({ actor: pick(streams, n).receiver, streamId: pick(streams, n).id }, db),
    collectAll: (n) => collectStreams({ actor: pick(payers, n) }, db),
    settle: () => settleStreams({ intervalMs: 1, budgetMs: 50 }, db),
    changeTier: (n) =>
      onStream(n, (actor, streamId) =>
        changeStreamTier({ actor, streamId, tier: n % 2 ? "professional" : "basic" }, db),
      ),
    pause: (n) => onStream(n, (actor, streamId) => pauseStream({ actor, streamId }, db)),
    resume: (n) => onStream(n, (actor, streamId) => resumeStream({ actor, streamId }, db)),
    rule: (n) =>
      onStream(n, (actor, streamId) => setAutoTopUp({ actor, streamId, rule: n % 3 ? rule : null }, db)),
    sweep: () => sweepStreams({ limit: 10 }, db),
    authorise: async (n) => {
      const calls = Array.from({ length: 1 + (n % 8) }, (_, i) => {
        const { id, sender, providerId } = pick(streams, random(5) + i);
        // Few keys and proofs, so that batches meet on them in any order.
        const [idempotencyKey, id_] = [
          random(4) ? null : `key-${random(6)}`,
          `proof-${random(6)}-${Math.trunc(n / 100)}`,
        ];
        const claim = random(3)
          ? {}
          : { claim: { kind: "challenge" as const, id: id_, expiresMs: 9_999_999_999_999n } };
        return someCall({
          providerId,
          payer: sender,
          streamId: id,
          price: BigInt(random(50)),
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
        ids.map((requestId) => ({ requestId, outcome: random(3) ? "served" : "voided", ...end })),
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
  function onStream(n: number, act: (actor: string, streamId: string) => Promise<unknown>) {
    const { id, sender } = pick(streams, n);
    return act(sender, id);
  }

  const end = performance.now() + HUNT_MS;
  const names = Object.keys(actions);
  await race(CLIENTS, async () => {
    while (performance.now() < end) {
      const name = random(2) ? pick(["authorise", "complete"], random(2)) : pick(names, random(names.length));
      await actions[name]?.(random(1_000)).catch(ignoreRefusal);
      done[name] = (done[name] ?? 0) + 1;
    }
  });

  expect(Object.keys(done).sort()).toEqual(names.sort());
  expect(await deadlocks()).toBe(0);
  expect(await runInvariants(db)).toEqual([]);
}, 60_000);

const tiers = {
  basic: { rate: { amount: 1_000n, periodMs: PERIODS_MS.second }, maxRequestsPerHour: 1_000_000 },
  professional: { rate: { amount: 2_000n, periodMs: PERIODS_MS.second }, maxRequestsPerHour: 1_000_000 },
};
const rule = { triggerMs: 2_000n, chunkMs: 2_000n, dailyMax: 10n ** 9n, expiresMs: null };

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

function pick<T>(list: readonly T[], n: number): T {
  const one = list[n % list.length];
  if (one === undefined) throw new Error("Nothing to pick from.");
  return one;
}

/** A stream may be closed, paused or empty when it is its turn. Anything else that goes wrong fails the test. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ProblemError)) throw error;
}

/** Deadlocks that the database ended in this test's own database: one that a retry hid counts too. */
async function deadlocks(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // Backends report what they counted once a second.
  const { rows } = await ledger.db.query(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return Number(rows[0]?.deadlocks);
}
