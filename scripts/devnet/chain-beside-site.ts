import { join } from "node:path";
import pg from "pg";
import type { Env } from "@/lib/env";
import { interruption } from "../interruption.mjs";
import { Refusal, step } from "../report.mjs";
import { alignLedger } from "./align-clocks";
import { hasSnapshot, snapshot } from "./build-snapshot";
import { hasDevnet, untilDevnetGone } from "./devnet-folder";
import { findAnvil } from "./find-anvil";
import { ledgerAheadMs } from "./ledger-clock";
import { type Devnet, startDevnet } from "./start-devnet";

/** @param port 0: any free one */
export type PlannedChain = { anvil: string; folder: string; port: number };

type Settings = Pick<Env, "CHAIN" | "CHAIN_ID" | "CHAIN_PORT" | "DATA_DIR" | "NETWORK" | "RPC_URL">;

/**
 * The chain that `npm start` brings up beside the site: on a devnet, unless there is a node already or the settings say no. Waits
 * for one that is still ending.
 *
 * @param options.throwAway whether it stands beside the usual instance, and so takes another port
 * @returns null for no chain; where none can run, that has been said
 */
export async function planChain(
  { CHAIN, CHAIN_ID, CHAIN_PORT, DATA_DIR, NETWORK, RPC_URL }: Settings,
  options: { throwAway: boolean },
): Promise<PlannedChain | null> {
  if (CHAIN === "off" || NETWORK !== "devnet" || CHAIN_ID !== 31_337 || RPC_URL) return null;
  const anvil = findAnvil();
  if (!anvil) {
    sayNoChain("npm has no anvil for this platform, and there is none on the PATH (https://getfoundry.sh)");
    return null;
  }
  const folder = join(DATA_DIR, "chain");
  if (!(await untilDevnetGone(folder)))
    throw new Refusal(`An anvil without an owner runs on ${folder}: end it.`);
  return { anvil, folder, port: options.throwAway && !process.env.CHAIN_PORT ? 0 : CHAIN_PORT };
}

/**
 * Starts it where it ended, or a new one, at the ledger's time.
 *
 * @param database.ours whether its clock may be brought after the chain's
 * @returns null when it cannot be had, such as without a network the first time; that has been said
 */
export async function startPlannedChain(
  { anvil, folder, port }: PlannedChain,
  database: { url: string; ours: boolean },
): Promise<Devnet | null> {
  try {
    if (!hasDevnet(folder)) await step("Build the chain's contracts", () => prepared(anvil));
    const devnet = await step("Start the chain", () =>
      connected(database.url, async (db) => {
        const aheadSeconds = (await ledgerAheadMs(db)) / 1_000n;
        const devnet = await startDevnet({ anvil, folder, aheadSeconds, ...(port ? { port } : {}) });
        if (database.ours) await alignLedger(db, devnet.aheadSeconds);
        return devnet;
      }),
    );
    if (devnet.outdated)
      console.log(
        "– The chain has contracts of another version. `npm run devnet:reset` makes room for a new one.",
      );
    return devnet;
  } catch (error) {
    interruption.throwIfAborted();
    sayNoChain(error instanceof Error ? error.message : String(error));
    return null;
  }
}

async function prepared(anvil: string): Promise<"skipped" | undefined> {
  if (hasSnapshot({ anvil })) return "skipped";
  await snapshot({ anvil });
  return undefined;
}

function sayNoChain(why: string): void {
  console.log(`– No chain: ${why}. The site runs without one, on the ledger alone.`);
}

async function connected<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}
