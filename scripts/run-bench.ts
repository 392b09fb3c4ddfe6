// `npm run bench`: what an authorised paid call costs, beside empty routes of the same run. Needs a build (`npm run build`).
import { createHash, randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import pg from "pg";
import { DEFAULT_TIERS, TIER_NAMES } from "@/lib/domain/tier";
import { authorizeRequests } from "@/lib/streams/authorize-request";
import { completeRequests } from "@/lib/streams/complete-request";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { newId } from "@/lib/streams/new-id";
import { openStream } from "@/lib/streams/open-stream";
import { childProcesses, untilAnswers } from "./child-processes.mjs";
import { startThrowAwayPostgres } from "./embedded-postgres.mjs";
import { freePort } from "./free-port.mjs";
import { migrateDatabase } from "./migrate-database.mjs";

const help = `npm run bench -- [--seconds 4] [--rounds 3] [--connections 32]

Measures, in one run and in turn, each side warmed: a bare node:http route, an empty route of Next, and an authorised paid call
(session token, idempotency, receipt signed, a provider behind it) through the server in front of Next and through Next itself.
Prints requests a second, p50 and p99 in ms, and the ratio to the bare and to the empty Next route. Bounded; stops by itself.`;

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}

const STREAMS = 64;
const { signal } = new AbortController();
const PROVIDER = "bench";
const programs = childProcesses({ onDeath: fail });
const database = await startThrowAwayPostgres({ what: "the benchmark" });
try {
  await migrateDatabase(database.url);
  const [server, bare, upstream] = await Promise.all([freePort(), freePort(), freePort()]);
  programs.start("bare", ["scripts/bench/bare-server.ts", String(bare)], {});
  programs.start("upstream", ["scripts/bench/bare-server.ts", String(upstream)], {});
  const tokens = await openStreams(database.url, upstream);
  programs.start("web", ["scripts/serve.ts"], {
    NODE_ENV: "production",
    PORT: String(server),
    ORIGIN: `http://127.0.0.1:${server}`,
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString("hex"),
    UPSTREAM_ALLOW: `127.0.0.1:${upstream}`,
    LOG_LEVEL: "warn",
  });
  await Promise.all([
    untilAnswers(`http://127.0.0.1:${bare}/`, { timeoutMs: 20_000, signal }),
    untilAnswers(`http://127.0.0.1:${server}/api/health`, { timeoutMs: 60_000, signal }),
  ]);
  await measure([
    { name: "bare node:http", url: `http://127.0.0.1:${bare}/` },
    { name: "empty route of Next", url: `http://127.0.0.1:${server}/.well-known/jwks.json` },
    { name: "paid call, server in front", url: `http://127.0.0.1:${server}/api/p/${PROVIDER}/echo`, tokens },
  ]);
} finally {
  await programs.endAll();
  await database.stop();
}

type Target = { name: string; url: string; tokens?: string[] };
type Figures = { rps: number[]; p50: number[]; p99: number[]; failed: number };

/** Rounds go A B C A B C …, so that a machine whose speed drifts slows all alike. Medians are printed. */
async function measure(targets: Target[]): Promise<void> {
  for (const target of targets) await load(target, 2);
  const figures = new Map<string, Figures>(
    targets.map(({ name }) => [name, { rps: [], p50: [], p99: [], failed: 0 }]),
  );
  for (let round = 0; round < Number(options.rounds); round += 1)
    for (const target of targets) {
      const result = await load(target, Number(options.seconds));
      const kept = figures.get(target.name);
      kept?.rps.push(result.requests.average);
      kept?.p50.push(result.latency.p50);
      kept?.p99.push(result.latency.p99);
      if (kept) kept.failed += result.non2xx + result.errors;
    }
  const bare = median(figures.get("bare node:http")?.rps ?? []);
  const empty = median(figures.get("empty route of Next")?.rps ?? []);
  console.log(
    `\n${"".padEnd(28)}${"requests/s".padStart(12)}${"p50 ms".padStart(9)}${"p99 ms".padStart(9)}${"÷ bare".padStart(9)}${"÷ Next".padStart(9)}${"failed".padStart(9)}`,
  );
  for (const [name, { rps, p50, p99, failed }] of figures)
    console.log(
      `${name.padEnd(28)}${median(rps).toFixed(0).padStart(12)}${median(p50).toFixed(1).padStart(9)}${median(p99).toFixed(1).padStart(9)}` +
        `${(median(rps) / bare).toFixed(3).padStart(9)}${(median(rps) / empty).toFixed(2).padStart(9)}${String(failed).padStart(9)}`,
    );
  console.log(
    `\nMedians of ${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections, load generator on the same machine.`,
  );
  if ([...figures.values()].some(({ failed }) => failed > 0)) process.exitCode = 1;
}

function load({ url, tokens }: Target, duration: number): Promise<autocannon.Result> {
  const connections = Number(options.connections);
  if (!tokens) return autocannon({ url, duration, connections });
  let next = 0;
  return autocannon({
    url,
    duration,
    connections,
    requests: [
      {
        method: "POST",
        body: '{"n":1}',
        setupRequest: (request) => {
          next += 1;
          const token = tokens[next % tokens.length] ?? "";
          return {
            ...request,
            headers: {
              "content-type": "application/json",
              "stream-session": token,
              "idempotency-key": `bench-${next}-${Date.now()}`,
            },
          };
        },
      },
    ],
  });
}

/** One provider, `STREAMS` streams of as many senders, a session token each: all through the money functions. */
async function openStreams(url: string, upstreamPort: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into provider (id, owner, name, endpoint, capabilities, category, max_concurrency)
     values ($1, $2, 'Bench', $3, '{echo}', 'development_tools', 512)`,
    [PROVIDER, `0x${"b".repeat(40)}`, `http://127.0.0.1:${upstreamPort}`],
  );
  for (const name of TIER_NAMES)
    await client.query("insert into provider_tier values ($1, $2, $3, 86400000, 100000000, $4, true)", [
      PROVIDER,
      name,
      DEFAULT_TIERS[name].rate.amount.toString(),
      DEFAULT_TIERS[name].priority,
    ]);
  await client.query(
    `insert into service (id, provider_id, slug, name, category, capability, method, path, input_schema)
     values ($1, $2, 'echo', 'Echo', 'development_tools', 'echo', 'POST', '/echo', '{"type":"object"}')`,
    [newId("svc"), PROVIDER],
  );
  const tokens: string[] = [];
  for (let i = 0; i < STREAMS; i += 1) {
    const actor = `0x${(i + 1).toString(16).padStart(40, "0")}`;
    const token = randomBytes(32).toString("base64url");
    await creditWallet({ actor, amount: 1_000n * 10n ** 18n }, client);
    await openStream({ actor, providerId: PROVIDER, tier: "basic", deposit: 500n * 10n ** 18n }, client);
    const requestId = newId("req");
    await authorizeRequests(
      [
        {
          requestId,
          providerId: PROVIDER,
          serviceId: null,
          requestType: "echo",
          method: "POST",
          path: "/echo",
          via: "proof",
          payer: actor,
          issueSession: { tokenHash: createHash("sha256").update(token).digest("hex"), maxMs: 3_600_000n },
          idempotencyKey: null,
          requestHash: requestId,
          requestDigest: null,
          price: 0n,
        },
      ],
      client,
    );
    await completeRequests(
      [{ requestId, outcome: "voided", status: 204, responseDigest: null, receipt: null }],
      client,
    );
    tokens.push(token);
  }
  await client.end();
  return tokens;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function fail(message: string): void {
  console.error(message);
  programs.killAll();
  process.exit(1);
}
