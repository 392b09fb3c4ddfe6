import "server-only";
import { env } from "@/lib/env";
import { startLoop } from "@/lib/loop";
import { webhookDeliverer } from "./deliver-webhooks";
import { forgetAlerts, sweepAlerts } from "./sweep-alerts";

const BATCH = 200;
/** Old rows are looked for once in so many passes. */
const FORGET_EVERY = 600;

/** Raises alerts and sends webhooks every `intervalMs`, until the function that it returns is called. */
export function startAlertLoops(intervalMs: number): () => Promise<void> {
  const stop = new AbortController();
  const deliverer = webhookDeliverer({
    origin: env.ORIGIN,
    operatorKeys: [env.SECRET_KEY, env.SECRET_KEY_PREVIOUS].filter((key) => key !== undefined),
    allowPrivate: env.UPSTREAM_ALLOW,
    signal: stop.signal,
  });
  let passes = 0;
  const stopAlerts = startLoop({
    name: "alerts",
    intervalMs,
    pass: async () => {
      passes += 1;
      if (passes % FORGET_EVERY === 0) await forgetAlerts({ limit: 1_000 });
      return (await sweepAlerts({ limit: BATCH })).more;
    },
  });
  const stopWebhooks = startLoop({ name: "webhooks", intervalMs, pass: () => deliverer.pass() });
  return async () => {
    stop.abort();
    await Promise.all([stopAlerts(), stopWebhooks()]);
    await deliverer.idle();
  };
}

/**
 * The same once, for a server that lives for one request: raises what is due, sends what is due, and waits for the answers.
 *
 * @param budgetMs after which no new attempt is started
 */
export async function runAlertsOnce({ budgetMs = 10_000 }: { budgetMs?: number } = {}): Promise<void> {
  const end = performance.now() + budgetMs;
  while ((await sweepAlerts({ limit: BATCH })).more && performance.now() < end);
  const deliverer = webhookDeliverer();
  while ((await deliverer.pass()) && performance.now() < end);
  await deliverer.idle();
  await forgetAlerts({ limit: 1_000 });
}
