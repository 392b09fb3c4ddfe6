import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { logger } from "@/lib/log";
import { type ClaimedDelivery, claimedDelivery, type SendSettings, sendWebhook } from "./send-webhook";

/** Attempts at once in this process. An endpoint has one at a time, so that a slow one takes one place. */
const PLACES = 64;
/** How long (ms) a claimed delivery belongs to its server: longer than an attempt lasts. */
const LEASE_MS = 30_000;

export type Deliverer = {
  /** Starts what is due, as far as there are places, and does not wait for answers. True when more is due than it took. */
  pass(): Promise<boolean>;
  /** Resolves when no attempt is under way. */
  idle(): Promise<void>;
};

/**
 * Sends the webhooks that are due, each claimed by its row, so that servers share them. An attempt whose server dies is made
 * again when its lease ends: at least once, always under the same `webhook-id`.
 *
 * @param settings.untilMs of `performance.now()`, after which it starts nothing more
 */
export function webhookDeliverer(
  settings: SendSettings & { untilMs?: number } = sendSettings(),
  db: Queryable = pool(),
): Deliverer {
  const underWay = new Set<Promise<void>>();

  async function pass(): Promise<boolean> {
    const places = PLACES - underWay.size;
    if (places <= 0 || performance.now() > (settings.untilMs ?? Number.POSITIVE_INFINITY)) return false;
    const { rows } = await db.query<{ claimed: unknown }>("select claim_deliveries($1, $2) as claimed", [
      places,
      LEASE_MS,
    ]);
    for (const row of rows) start(claimedDelivery.parse(row.claimed));
    return rows.length === places;
  }

  function start(claimed: ClaimedDelivery): void {
    const sending = deliver(claimed)
      .catch((error: unknown) =>
        logger.error({ deliveryId: claimed.id, error }, "A webhook's end was not noted"),
      )
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
  }

  async function deliver(claimed: ClaimedDelivery): Promise<void> {
    const outcome = await sendWebhook(claimed, settings);
    // Stopping is nobody's fault: the lease runs out and another server tries.
    if (settings.signal?.aborted && outcome.status === null) return;
    const { id, attempt, endpointId } = claimed;
    await db.query("select finish_delivery($1::jsonb)", [
      JSON.stringify({ id, attempt, endpointId, ...outcome }),
    ]);
    // A receiver that is well gets its next message at once, not at the next tick.
    if (outcome.error === null && !settings.signal?.aborted) await pass();
  }

  return {
    pass,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** How this site sends: its address, its keys, the private hosts that its operator allows. */
export function sendSettings(): SendSettings {
  return {
    origin: env.ORIGIN,
    operatorKeys: [env.SECRET_KEY, env.SECRET_KEY_PREVIOUS].filter((key) => key !== undefined),
    allowPrivate: env.UPSTREAM_ALLOW,
  };
}
