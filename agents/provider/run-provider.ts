import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createRemoteJWKSet } from "jose";
import { authoriseCalls } from "./authorise-call";
import { createCallSlots } from "./call-slots";
import { grantChecker } from "./check-grant";
import { createProvider } from "./create-provider";
import { inference } from "./inference";
import { marketplace } from "./marketplace";
import type { ProviderConfig } from "./read-config";
import { Refusal } from "./refusal";
import { type Registered, register } from "./register";

export type RunningProvider = {
  /** Where it listens on this machine. */
  url: string;
  registered: Registered;
  /** Takes no more calls, finishes those under way, and ends. */
  stop: () => Promise<void>;
};

type Say = (line: string) => void;

/**
 * Runs one provider: lists it, serves it. Two steps in this order, because the marketplace looks for `/health` as soon as it is listed.
 *
 * @throws when the port is taken or the marketplace refuses the listing
 */
export async function runProvider(config: ProviderConfig, say: Say): Promise<RunningProvider> {
  const market = marketplace(config);
  const { origin, aheadMs } = await market.introduce();
  const registered = await register(config, market);
  const marketNowMs = () => Date.now() + aheadMs;
  const checkGrant = grantChecker({
    keys: createRemoteJWKSet(new URL(`${config.site}/.well-known/jwks.json`)),
    issuer: origin,
    providerId: registered.providerId,
    startedMs: marketNowMs(),
    marketNowMs,
  });

  let draining = false;
  const slots = createCallSlots({ max: config.maxConcurrency, perStream: config.maxPerStream });
  const server = createProvider({
    config,
    providerId: registered.providerId,
    authorise: authoriseCalls({
      checkGrant,
      direct: async () => {
        const paid = `${origin}/api/p/${registered.providerId}`;
        throw new Refusal("payment-required", `Call this service through ${paid}.`, { members: { paid } });
      },
    }),
    inference: inference(config),
    slots,
    draining: () => draining,
    report: (message, error) => say(`${message} ${textOf(error)}`),
  });
  server.listen(config.port, config.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function stop(): Promise<void> {
    draining = true;
    server.close();
    server.closeIdleConnections();
    const giveUpMs = performance.now() + config.drainSeconds * 1_000;
    while (slots.taken() > 0 && performance.now() < giveUpMs) await sleep(50);
    server.closeAllConnections();
  }

  return { url: `http://${config.host}:${port}`, registered, stop };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error ?? "");
}
