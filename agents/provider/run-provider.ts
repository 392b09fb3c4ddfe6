import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createRemoteJWKSet } from "jose";
import { authoriseCalls } from "./authorise-call";
import { createCallSlots } from "./call-slots";
import { createCallWatch } from "./call-watch";
import { grantChecker } from "./check-grant";
import { startCollecting } from "./collect-earnings";
import { createProvider } from "./create-provider";
import { directPayments } from "./direct-payments";
import { inference } from "./inference";
import { marketplace } from "./marketplace";
import type { ProviderConfig } from "./read-config";
import { type Registered, register } from "./register";
import { createUnpaidLimit } from "./unpaid-limit";

/** The marketplace answers 6,000 questions a minute: half of them are kept for those who pay. */
const UNPAID = { perAddress: 120, all: 3_000 };
/** How long answers that were told to end may take for it. */
const HALT_MS = 6_000;

export type RunningProvider = {
  /** Where it listens on this machine. */
  url: string;
  registered: Registered;
  /** Takes no more calls, finishes those under way, and ends. */
  stop: () => Promise<void>;
};

/**
 * Runs one provider: takes its port, lists itself, serves.
 *
 * @param say is given one line of text for people at a time, never with a key or a prompt in it
 * @throws when the port is taken, or the marketplace refuses the listing
 */
export async function runProvider(
  config: ProviderConfig,
  say: (line: string) => void,
): Promise<RunningProvider> {
  let listener: RequestListener = (_request, response) => {
    response.writeHead(503, { "retry-after": "1" }).end();
  };
  const server = createServer((request, response) => listener(request, response));
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  server.keepAliveTimeout = 65_000; // Longer than the marketplace keeps a connection to us.
  server.timeout = (config.answerSeconds + config.topUpSeconds) * 1_000; // A reader who takes nothing for so long is gone.
  server.listen(config.port, config.host);
  await once(server, "listening");

  let draining = false;
  const halt = new AbortController();
  const slots = createCallSlots({ max: config.maxConcurrency, perStream: config.maxPerStream });
  try {
    const market = marketplace(config);
    const { origin, aheadMs } = await market.introduce();
    const marketNowMs = () => Date.now() + aheadMs;
    const startedMs = marketNowMs();
    const registered = await register(config, market);
    const { providerId } = registered;
    const checkGrant = grantChecker({
      keys: createRemoteJWKSet(new URL(`${config.site}/.well-known/jwks.json`)),
      issuer: origin,
      ...{ providerId, startedMs, marketNowMs },
    });
    listener = createProvider({
      ...{ config, providerId, slots },
      authorise: authoriseCalls({ checkGrant, direct: directPayments(market, providerId) }),
      inference: inference(config),
      watch: createCallWatch(market).watch,
      unpaid: createUnpaidLimit(UNPAID),
      draining: () => draining,
      halted: halt.signal,
      report: (message, error) => say(`${message} ${textOf(error)}`),
    });
    const { collectAt: threshold, collectEverySeconds } = config;
    const stopCollecting =
      threshold === null
        ? null
        : startCollecting(market, { threshold, everyMs: collectEverySeconds * 1_000, say });
    const { port } = server.address() as AddressInfo;
    return { url: `http://${config.host}:${port}`, registered, stop: () => stop(stopCollecting) };
  } catch (error) {
    server.close();
    throw error;
  }

  async function stop(stopCollecting: (() => Promise<void>) | null): Promise<void> {
    draining = true;
    server.close();
    server.closeIdleConnections();
    await until(() => slots.taken() === 0, config.drainSeconds * 1_000);
    halt.abort();
    await until(() => slots.taken() === 0, HALT_MS);
    await stopCollecting?.();
    server.closeAllConnections();
  }
}

async function until(done: () => boolean, patienceMs: number): Promise<void> {
  const giveUpMs = performance.now() + patienceMs;
  while (!done() && performance.now() < giveUpMs) await sleep(50);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error ?? "");
}
