import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { decodeCursor, encodeCursor } from "@/lib/http/page-cursor";
import { getWebhook, type OwnWebhook } from "./get-webhook";

export type DeliveryState = "pending" | "delivered" | "failed" | "cancelled";

/** One message to one webhook: a line of its log. */
export type DeliveryView = {
  id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  createdAtMs: bigint;
  lastAttemptAtMs: bigint | null;
  /** When it is tried (again); null when it is over. */
  nextAttemptAtMs: bigint | null;
  /** HTTP status of the last attempt's answer; null when none came. */
  responseStatus: number | null;
  error: string | null;
  tookMs: number | null;
};

type DeliveryRow = {
  id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  created_ms: string;
  last_ms: string | null;
  next_ms: string | null;
  last_status: number | null;
  last_error: string | null;
  took_ms: number | null;
};

const position = z.tuple([z.string().regex(/^\d{1,18}$/), z.string().max(100)]);
const columns = "id, type, state, attempts, created_ms, last_ms, next_ms, last_status, last_error, took_ms";

/** A page of a webhook's log, the newest first. @throws ProblemError `webhook-not-found` */
export async function listDeliveries(
  { cursor, limit, ...own }: OwnWebhook & { cursor?: string | undefined; limit: number },
  db: Queryable = pool(),
): Promise<{ items: DeliveryView[]; nextCursor: string | null }> {
  await getWebhook(own, db);
  const [beforeMs, beforeId] = cursor ? decodeCursor(cursor, position) : [null, null];
  const { rows } = await db.query<DeliveryRow>(
    `select ${columns} from webhook_delivery where endpoint_id = $1 and ($2::bigint is null or (created_ms, id) < ($2, $3))
     order by created_ms desc, id desc limit $4`,
    [own.webhookId, beforeMs, beforeId, limit + 1],
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(deliveryView),
    nextCursor: last ? encodeCursor([last.created_ms, last.id]) : null,
  };
}

/**
 * Puts a test message into the outbox of a webhook: it goes the way of every alert.
 *
 * @throws ProblemError `webhook-not-found`, `webhook-off`
 */
export async function sendTest(own: OwnWebhook, db: Queryable = pool()): Promise<DeliveryView> {
  await getEnabled(own, db);
  const payload = { webhookId: own.webhookId, message: "This is a test: your webhook works." };
  const { rows } = await db.query<DeliveryRow>(
    `insert into webhook_delivery (id, endpoint_id, type, payload, next_ms, created_ms)
     select fresh_id('msg', t.now_ms), $1, 'webhook.test', $2, t.now_ms, t.now_ms from (select clock_ms() as now_ms) t
     returning ${columns}`,
    [own.webhookId, payload],
  );
  return deliveryView(rows[0] as DeliveryRow); // An insert of one row returns it.
}

/**
 * Sends a message of the log once more, at once, under its own id, with as many tries as at first.
 *
 * @throws ProblemError `webhook-not-found`, `webhook-off`, `delivery-not-found`
 */
export async function redeliver(
  { deliveryId, ...own }: OwnWebhook & { deliveryId: string },
  db: Queryable = pool(),
): Promise<DeliveryView> {
  await getEnabled(own, db);
  // One on its way keeps its lease: the answer to come would count for another attempt.
  await db.query(
    `update webhook_delivery set state = 'pending', tries_left = 6, by_hand = true, next_ms = clock_ms()
     where id = $1 and endpoint_id = $2 and state <> 'pending'`,
    [deliveryId, own.webhookId],
  );
  const { rows } = await db.query<DeliveryRow>(
    `select ${columns} from webhook_delivery where id = $1 and endpoint_id = $2`,
    [deliveryId, own.webhookId],
  );
  if (!rows[0]) throw new ProblemError("delivery-not-found", "Delivery not found.");
  return deliveryView(rows[0]);
}

async function getEnabled(own: OwnWebhook, db: Queryable): Promise<void> {
  const { enabled } = await getWebhook(own, db);
  if (!enabled) throw new ProblemError("webhook-off", "The webhook is off: turn it on first.");
}

function deliveryView(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    createdAtMs: BigInt(row.created_ms),
    lastAttemptAtMs: row.last_ms === null ? null : BigInt(row.last_ms),
    nextAttemptAtMs: row.next_ms === null ? null : BigInt(row.next_ms),
    responseStatus: row.last_status,
    error: row.last_error,
    tookMs: row.took_ms,
  };
}
