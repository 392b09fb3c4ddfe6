import "server-only";
import { startLoop } from "@/lib/loop";
import { sendSettings, webhookDeliverer } from "./deliver-webhooks";
import { forgetAlerts, sweepAlerts } from "./sweep-alerts";

const BATCH = 200;
/** Old rows are looked for once in so many passes. */
const FORGET_EVERY = 600;

/** Raises alerts and sends webhooks every `intervalMs`, until the function that it returns is called. */
export function startAlertLoops(intervalMs: number): () => Promise<void> {
  const stop = new AbortController();
  const deliverer = webhookDeliverer({ ...sendSettings(), signal: stop.signal });
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
 * @param budgetMs after which nothing new is started
 */
export async function runAlertsOnce({ budgetMs = 10_000 }: { budgetMs?: number } = {}): Promise<void> {
  const untilMs = performance.now() + budgetMs;
  while ((await sweepAlerts({ limit: BATCH })).more && performance.now() < untilMs);
  const deliverer = webhookDeliverer({ ...sendSettings(), untilMs });
  await deliverer.pass();
  await deliverer.idle();
  await forgetAlerts({ limit: 1_000 });
}
