/** A webhook as its owner sees it. The secret is never part of it. */
export type WebhookView = {
  id: string;
  url: string;
  enabled: boolean;
  /** Who turned it off: its owner, or its own answer 410. */
  disabledBy: "owner" | "gone" | null;
  createdAtMs: bigint;
  /** Until when the secret before signs as well; null when only one does. */
  previousSecretUntilMs: bigint | null;
};

/** A webhook with its secret: said once, when it was made. */
export type WebhookWithSecret = WebhookView & { secret: string | null };

export type WebhookRow = {
  id: string;
  url: string;
  enabled: boolean;
  disabled_by: "owner" | "gone" | null;
  created_ms: string;
  previous_until_ms: string | null;
};

/** Columns of a view: never a secret. */
export const selectWebhooks = `
  select id, url, enabled, disabled_by, created_ms, case when previous_until_ms > clock_ms() then previous_until_ms end as previous_until_ms
  from webhook_endpoint`;

export function webhookView(row: WebhookRow): WebhookView {
  return {
    id: row.id,
    url: row.url,
    enabled: row.enabled,
    disabledBy: row.disabled_by,
    createdAtMs: BigInt(row.created_ms),
    previousSecretUntilMs: row.previous_until_ms === null ? null : BigInt(row.previous_until_ms),
  };
}
