// The web server: `node --import ./scripts/register-ts.mjs scripts/serve.ts [--dev | --gateway]`, started by `npm start` and usable
// alone. With `--gateway` (`npm run gateway`) it runs without Next: doors and the API, for more doors over one database.
// One node:http server stands in front of Next. It answers the paid door and health itself, because an empty route of Next
// costs forty times a plain one (docs/decisions/0002), and hands everything else to Next in the same process.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { GET as health } from "@/app/api/health/route";
import { GET as readiness } from "@/app/api/ready/route";
import { startAlertLoops } from "@/lib/alerts/run-alerts";
import { pool } from "@/lib/db/pool";
import { databaseConfigured, env } from "@/lib/env";
import { admitRequest } from "@/lib/http/admit-request";
import { drainable } from "@/lib/http/drain";
import { lightListener } from "@/lib/http/light-listener";
import { logAnswers } from "@/lib/http/log-answers";
import { methodLabel, startMeasure } from "@/lib/http/measure";
import { type FetchHandler, type NodeListener, nodeListener } from "@/lib/http/node-adapter";
import { pageTemplate } from "@/lib/http/page-template";
import { refuseEarly } from "@/lib/http/refuse-early";
import { everywhere, forData } from "@/lib/http/security-headers.mjs";
import { logger } from "@/lib/log";
import { startProbeLoop } from "@/lib/market/probe-loop";
import { flushCalls } from "@/lib/market/provider-health-calls";
import { startCreditingCharges } from "@/lib/mpp/credit-charges";
import { paidDoor } from "@/lib/mpp/paid-door";
import { startDraining } from "@/lib/operations/draining";
import { startHistory } from "@/lib/operations/history";
import { startOutboxLoop } from "@/lib/outbox/run-outbox";
import { startFollowingChain } from "@/lib/rails/follow-chain";
import { startSettlementLoop } from "@/lib/streams/run-settlement";
import { startSweepLoop } from "@/lib/streams/run-sweep";
import { tracingWanted } from "@/lib/tracing/tracing-wanted";
import { apiRoutes } from "./api-routes";

/** How long requests under way may take once the server was told to stop. */
const DRAIN_MS = 10_000;
/** How long calls whose clients have left may take after that to be settled. */
const SETTLE_MS = 3_000;

const HELP = `npm run gateway   the server without Next: paid doors, the API and the sweep, over the database of DATABASE_URL

Settings come from the environment; .env.example lists them all. The usual ones: PORT, HOST, ORIGIN, DATABASE_URL, SECRET_KEY.`;

const { dev, gateway } = readOptions();
// Nothing of it is loaded unless the environment asks for traces.
const stopTracing = tracingWanted() ? (await import("@/lib/tracing/start-tracing")).startTracing() : null;
logAnswers();
const sockets = createServer(); // Never listens: it only carries web sockets to Next.
const app = gateway ? null : await startNext();

const onError = (error: unknown) => logger.error({ error }, "A handler failed");
const door = lightListener(paidDoor, { origin: env.ORIGIN, onError });
const noParams = { params: Promise.resolve({}) };
const healthy = dataListener((request) => health(request, noParams));
const ready = dataListener((request) => readiness(request, noParams));
const pages = app ? countedPages(app.getRequestHandler()) : dataListener(apiRoutes());

const server = createServer(
  { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 60_000 },
  listener,
);
server.keepAliveTimeout = 65_000; // Longer than the usual load balancer's 60 s, so that it closes first.
const drain = drainable(server);
server.on("upgrade", (...upgrade) => {
  // Hot reload has the only web sockets. Next listens for them on the server it was given, after its first request.
  if (dev && sockets.emit("upgrade", ...upgrade)) return;
  upgrade[1].end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
});
/** What this process does on its own, beside answering. Each ends when it is called. */
const stopJobs: (() => Promise<void>)[] = [startHistory()];
if (databaseConfigured() && env.SWEEP_INTERVAL_MS > 0)
  stopJobs.push(startSweepLoop(env.SWEEP_INTERVAL_MS), startAlertLoops(env.SWEEP_INTERVAL_MS));
if (databaseConfigured() && env.SETTLE_INTERVAL_MS > 0)
  stopJobs.push(startSettlementLoop(env.SETTLE_INTERVAL_MS));
if (databaseConfigured() && env.PROBE_INTERVAL_MS > 0) stopJobs.push(startProbeLoop(env.PROBE_INTERVAL_MS));
if (databaseConfigured() && env.CHAIN_POLL_MS !== 0) stopJobs.push(startFollowingChain() ?? (async () => {}));
if (databaseConfigured() && env.CHAIN_POLL_MS !== 0)
  stopJobs.push(startOutboxLoop() ?? (async () => {}), startCreditingCharges() ?? (async () => {}));

server.once("error", (error: NodeJS.ErrnoException) => {
  const inUse = error.code === "EADDRINUSE";
  console.error(inUse ? `PORT ${env.PORT} is in use: stop what listens there, or set PORT.` : error.message);
  process.exit(1);
});
server.listen(env.PORT, env.HOST, () => {
  console.log(`listening on http://${env.HOST}:${env.PORT}, process ${process.pid}`);
  process.send?.({ type: "listening" });
});
for (const signal of ["SIGTERM", "SIGINT", "disconnect"] as const) process.once(signal, stop);

function readOptions() {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({ options: { dev: flag, gateway: flag, help: { ...flag, short: "h" } } });
    if (!values.help) return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
  console.log(HELP);
  process.exit(0);
}

async function startNext() {
  const { default: next } = await import("next");
  const started = next({ dev, hostname: env.HOST, port: env.PORT, httpServer: sockets });
  await started.prepare();
  return started;
}

function listener(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const refused = admitRequest(incoming);
  if (refused) {
    setSecurityHeaders(outgoing);
    startMeasure("/{refused}", methodLabel(incoming.method))(refused);
    void refuseEarly(refused, outgoing).catch(onError);
    return;
  }
  const handled = handlerFor(incoming)(incoming, outgoing)
    .catch((error: unknown) => {
      onError(error);
      outgoing.destroy();
    })
    .finally(() => underWay.delete(handled));
  underWay.add(handled);
}

function handlerFor({ method, url = "/" }: IncomingMessage): NodeListener {
  if (url.startsWith("/api/p/")) return door;
  const path = url.split("?", 1)[0];
  if (method !== "GET" && method !== "HEAD") return pages;
  return path === "/api/health" ? healthy : path === "/api/ready" ? ready : pages;
}

/** For data that is answered here and not by Next, which sets the same headers (next.config.mjs). */
function dataListener(handler: FetchHandler): NodeListener {
  const answer = nodeListener(handler, { origin: env.ORIGIN, onError });
  return (incoming, outgoing) => {
    setSecurityHeaders(outgoing);
    return answer(incoming, outgoing);
  };
}

function setSecurityHeaders(outgoing: ServerResponse): void {
  for (const { key, value } of [...everywhere, ...forData]) outgoing.setHeader(key, value);
}

/** Routes of the API count themselves, in whatever bundle they are; pages are counted here. */
function countedPages(answer: NodeListener): NodeListener {
  return (incoming, outgoing) => {
    const template = pageTemplate(incoming.url ?? "/");
    if (template) {
      const count = startMeasure(template, methodLabel(incoming.method));
      outgoing.once("finish", () => count(outgoing.statusCode));
    }
    return answer(incoming, outgoing);
  };
}

/** Handlers that have not ended, also those whose client has left: they still have calls to settle. */
const underWay = new Set<Promise<void>>();
let stopping = false;

/**
 * Tells load balancers first, takes no more requests, finishes those under way, lets go of the database. The parent's
 * death counts as a signal.
 */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  startDraining();
  await sleep(env.DRAIN_DELAY_MS);
  await Promise.all([drain(DRAIN_MS), ...stopJobs.map((stopJob) => stopJob())]);
  await Promise.race([Promise.all(underWay), sleep(SETTLE_MS)]);
  if (databaseConfigured()) {
    await flushCalls().catch(onError);
    await pool().end();
  }
  await Promise.race([stopTracing?.(), sleep(SETTLE_MS)]);
  process.exit(0);
}
