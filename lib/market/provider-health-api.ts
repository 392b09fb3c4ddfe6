import "server-only";
import { getProviderHealth, type ProviderHealth } from "./provider-health";

/** Adds each provider's health as the API tells it: without the 24 hours, which are for a picture. */
export async function withHealth<Provider extends { id: string }>(providers: readonly Provider[]) {
  const health = await getProviderHealth(providers.map(({ id }) => id));
  return providers.map((provider) => {
    const own = health.get(provider.id);
    if (!own) throw new Error(`Health of ${provider.id} was asked for, and there is no entry.`);
    return { ...provider, health: toApiHealth(own) };
  });
}

function toApiHealth({ state, reason, failures, failingSinceMs, lastCheck, day, month }: ProviderHealth) {
  return {
    state,
    reason,
    checkedAt: lastCheck === null ? null : new Date(Number(lastCheck.atMs)),
    latencyMs: lastCheck?.latencyMs ?? null,
    problem: lastCheck?.problem ?? null,
    failures,
    failingSince: failingSinceMs === null ? null : new Date(Number(failingSinceMs)),
    day,
    month,
  };
}
