import { randomBytes } from "node:crypto";
import { freePort } from "../free-port.mjs";
import { type ChaosDatabase, endDatabaseNow, startChaosDatabase } from "./database";
import type { ServerKind } from "./options";
import { keepRunning, type Program } from "./processes";

/** Where browsers would find the site; both servers answer for it. */
const ORIGIN = "http://chaos.localhost";
const START_MS = 60_000;

export type Rig = {
  database: ChaosDatabase;
  servers: readonly [Program, Program];
  /** The servers' addresses, in their order. */
  addresses: readonly [string, string];
  upstream: { url: string; port: number };
  /** The operator's secret: receipts are signed with a key that is derived from it. */
  secret: string;
};

/** What a run starts, and `endNow`, which ends it at any moment: only this, each by its id. */
export function createRig({ folder, kind, seed }: { folder: string; kind: ServerKind; seed: number }) {
  const programs: Program[] = [];

  function start(name: string, args: string[], url: string, environment: Record<string, string | undefined>) {
    const program = keepRunning({ name, args, environment, folder, url });
    programs.push(program);
    return program;
  }

  async function startAll(): Promise<Rig> {
    const [first, second, upstreamPort] = await Promise.all([freePort(), freePort(), freePort()]);
    const database = await startChaosDatabase(folder);
    const secret = randomBytes(32).toString("hex");
    const url = `http://127.0.0.1:${upstreamPort}`;
    const upstreamArgs = ["scripts/chaos/run-upstream.ts", String(upstreamPort), String(seed)];
    start("provider", upstreamArgs, `${url}/chaos/served`, { DATABASE_URL: undefined });

    const environment = {
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      ORIGIN,
      NETWORK: "devnet",
      DATABASE_URL: database.url,
      SECRET_KEY: secret,
      UPSTREAM_ALLOW: `127.0.0.1:${upstreamPort}`,
      SWEEP_INTERVAL_MS: "500",
      SETTLE_INTERVAL_MS: "1000",
      PROBE_INTERVAL_MS: "0", // The provider counts each request that it gets.
      TRUSTED_PROXIES: "1",
      LOG_LEVEL: "error",
    };
    const startServer = (name: string, port: number) =>
      start(
        name,
        ["scripts/serve.ts", ...(kind === "gateway" ? ["--gateway"] : [])],
        `http://127.0.0.1:${port}/api/ready`,
        { ...environment, PORT: String(port) },
      );
    const servers = [startServer("server-A", first), startServer("server-B", second)] as const;
    await Promise.all(programs.map((program) => program.untilHealthy(START_MS)));
    const addresses = [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`] as const;
    return { database, servers, addresses, upstream: { url, port: upstreamPort }, secret };
  }

  return {
    startAll,
    programs: programs as readonly Program[],

    /** Needs nothing to be awaited: for the end of the process, whatever brought it about. */
    endNow(): void {
      for (const program of programs) program.endNow();
      endDatabaseNow(folder);
    },
  };
}
