import { z } from "zod";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { paths } from "@/lib/paths";
import { suggestedTopUp } from "./suggested-top-up";

/** What the outbox keeps of an alert (`announce_alert`). */
const storedAlert = z.object({
  alertId: z.string(),
  streamId: z.string(),
  providerId: z.string(),
  providerName: z.string(),
  thresholdMs: z.int(),
  runwayMs: z.int(),
  depletesMs: z.int(),
  remaining: z.string(),
  asset: z.string(),
  rateAmount: z.string(),
  ratePeriodMs: z.int(),
  obstacle: z.string().nullable(),
});

export type StoredDelivery = { type: string; payload: unknown; createdMs: number };

/**
 * The JSON of a delivery. It depends on nothing but what was stored and the site's address: each attempt sends the same bytes.
 *
 * @param origin of the site, for links
 */
export function webhookBody({ type, payload, createdMs }: StoredDelivery, origin: string): string {
  const data = type === "webhook.test" ? testData(payload) : alertData(payload, origin);
  return JSON.stringify({ type, timestamp: new Date(createdMs).toISOString(), data });
}

function alertData(payload: unknown, origin: string) {
  const alert = storedAlert.parse(payload);
  const rate = { amount: BigInt(alert.rateAmount), periodMs: BigInt(alert.ratePeriodMs) };
  return {
    alertId: alert.alertId,
    streamId: alert.streamId,
    provider: { id: alert.providerId, name: alert.providerName },
    thresholdSeconds: alert.thresholdMs / 1_000,
    runwaySeconds: Math.floor(alert.runwayMs / 1_000),
    depletesAt: new Date(alert.depletesMs).toISOString(),
    remaining: alert.remaining,
    asset: { symbol: alert.asset, decimals: LEDGER_ASSET.decimals },
    suggestedTopUp: suggestedTopUp(rate, LEDGER_ASSET, 1n).toString(),
    autoTopUpObstacle: alert.obstacle,
    streamUrl: `${origin}${paths.stream(alert.streamId)}`,
    topUpUrl: `${origin}${paths.api.stream(alert.streamId)}/top-up`,
  };
}

function testData(payload: unknown) {
  return z.object({ webhookId: z.string(), message: z.string() }).parse(payload);
}
