import "server-only";
import { nowMs } from "@/lib/clock";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import {
  PROVIDER_COLUMNS,
  type ProviderRow,
  type ProviderView,
  type TierView,
  toProviderView,
} from "./provider-row";
import { SERVICE_COLUMNS, type ServiceDetail, type ServiceRow, toServiceDetail } from "./service-row";

/** All that the paid door must know of one provider before it asks for money. `provider.owner` is in lower case. */
export type Door = { provider: ProviderView; tiers: readonly TierView[]; services: readonly ServiceDetail[] };

/** A change of price or endpoint is seen by every server after this long at most. */
const CACHE_MS = 2_000n;
/** More providers than this are not remembered at once. */
const CACHE_SIZE_MAX = 1_000;

type Cached = { door: Promise<Door>; untilMs: bigint };
// Every route of Next is a bundle of its own; the server in front of it shares the process.
const shared = globalThis as typeof globalThis & { superstreamDoors?: Map<string, Cached> };

/**
 * A provider as the paid door needs it, at most 2 s old. Concurrent calls share one read; a failed read is not kept.
 *
 * @throws ProblemError `provider-not-found`, also when the provider is not active
 */
export function getDoor(providerId: string): Promise<Door> {
  const doors = cache();
  const now = nowMs();
  const cached = doors.get(providerId);
  if (cached && cached.untilMs > now) return cached.door;

  const door = readDoor(providerId);
  doors.delete(providerId); // Written anew, it moves to the end: the first key is the one read longest ago.
  doors.set(providerId, { door, untilMs: now + CACHE_MS });
  const oldest = doors.keys().next();
  if (doors.size > CACHE_SIZE_MAX && !oldest.done) doors.delete(oldest.value);
  door.catch(() => {
    if (doors.get(providerId)?.door === door) doors.delete(providerId);
  });
  return door;
}

/** Lets this process see a change at once. */
export function forgetDoor(providerId: string): void {
  cache().delete(providerId);
}

function cache(): Map<string, Cached> {
  shared.superstreamDoors ??= new Map();
  return shared.superstreamDoors;
}

async function readDoor(providerId: string): Promise<Door> {
  const [providers, services] = await Promise.all([
    pool().query<ProviderRow>(`select ${PROVIDER_COLUMNS} from provider p where p.id = $1 and p.active`, [
      providerId,
    ]),
    pool().query<ServiceRow>(
      `select ${SERVICE_COLUMNS} from service s where s.provider_id = $1 and s.active order by s.slug`,
      [providerId],
    ),
  ]);
  const row = providers.rows[0];
  if (!row) throw new ProblemError("provider-not-found", `Provider ${providerId} not registered`);
  const provider = toProviderView(row);
  return {
    provider: { ...provider, owner: row.owner },
    tiers: provider.tiers,
    services: services.rows.map(toServiceDetail),
  };
}
