import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { findEmbeddedPostgres } from "../embedded-postgres.mjs";
import { describeFailure, Refusal } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { findDevnet } from "./devnet-folder";
import { parseTravel, travelInTime } from "./travel-in-time";

const HELP = `npm run devnet:time -- <how far> [--yes]

Moves the devnet's time forward, such as 90s, 45m, 4h or 1d12h: the ledger's clock and the chain's together, while Superstream
runs. Streams on every rail, top-ups, alerts and settlements follow; what was signed keeps the machine's time. There is no way back
but a new DATA_DIR; it is kept over restarts.

  --yes    also when DATABASE_URL names a database of your own: all that use it follow
  --help   this text

Exit code 0 when time was moved, 1 when it could not be, 2 for wrong arguments.`;

process.chdir(ROOT);
const { values, positionals } = readArguments();
if (values.help) console.log(HELP);
else
  await main(positionals[0] ?? "").catch((error: unknown) => {
    console.error(describeFailure(error));
    process.exitCode = 1;
  });

function readArguments() {
  try {
    const options = { yes: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    const given = parseArgs({ options, allowPositionals: true });
    const wrong = given.positionals.length !== 1 || parseTravel(given.positionals[0] ?? "") === null;
    if (wrong && !given.values.help) throw new Error("Say how far, such as 4h.");
    return given;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

async function main(travel: string): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const { env } = await import("@/lib/env");
  if (env.NETWORK !== "devnet") throw new Refusal("NETWORK is not devnet: time is moved on a devnet only.");
  if (env.DATABASE_URL && !values.yes)
    throw new Refusal(
      "DATABASE_URL names a database of your own. Its clock can never go back: add --yes if you mean it.",
    );
  const connectionString = env.DATABASE_URL ?? (await findEmbeddedPostgres(env.DATA_DIR));
  if (!connectionString)
    throw new Refusal(`Nothing runs on ${env.DATA_DIR}: start Superstream first (npm start).`);

  const db = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await db.connect();
  try {
    const rpcUrl = env.RPC_URL ?? findDevnet(join(env.DATA_DIR, "chain"))?.url ?? null;
    const aheadMs = await travelInTime(db, { rpcUrl, seconds: parseTravel(travel) ?? 0n });
    const { rows } = await db.query("SELECT clock_ms()::text AS now");
    const now = new Date(Number(rows[0].now)).toISOString().slice(0, 19).replace("T", " ");
    const what = rpcUrl ? "The ledger and the chain are" : "There is no chain; the ledger is";
    console.log(`${what} now at ${now} UTC, ${Number(aheadMs) / 3_600_000} h ahead of this machine.`);
  } finally {
    await db.end();
  }
}
