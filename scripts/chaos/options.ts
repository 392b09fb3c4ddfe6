import { parseArgs } from "node:util";
import { plants } from "./plants";

export type ServerKind = "gateway" | "next";
export type ChaosOptions = {
  seed: number;
  /** How long faults are injected. Healing and the verdict come after it. */
  seconds: number;
  payers: number;
  server: ServerKind;
  plant: keyof typeof plants | null;
  /** Leaves the database and the servers' logs behind. */
  keep: boolean;
};

export const help = `npm run chaos -- [--seed N] [--seconds 45 | --minutes M] [--payers 16] [--server gateway|next] [--plant BUG] [--keep]

Two server processes over one throw-away PostgreSQL, a provider behind them, paying clients in front. Servers are killed and
paused, the database crashes, connections are cut, the provider fails and hangs; many requests are sent three times at
once. Then everything is healed and every answer that a client was given is looked up in the books.

  --seed N       decides the workload and the faults (default: from the clock; printed)
  --seconds S    how long faults are injected (default 45)
  --minutes M    the same in minutes
  --payers P     clients that pay (default 16)
  --server KIND  gateway: the server without Next (default); next: the production build, which has to be there
  --plant BUG    puts a bug into the throw-away database, which the verdict has to find: ${Object.keys(plants).join(", ")}
  --keep         leaves the database and the logs in the temporary folder, for a look
  --help         this text

Exit code 0 when nothing was lost, doubled or wrong, 1 when something was, 2 for wrong arguments.`;

/** Wrong arguments. The message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * @returns "help" when that is asked for
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): ChaosOptions | "help" {
  const given = parse(args);
  if (given.help) return "help";
  if (given.seconds !== undefined && given.minutes !== undefined)
    throw new UsageError("Give --seconds or --minutes, not both.");
  const server = given.server ?? "gateway";
  if (server !== "gateway" && server !== "next") throw new UsageError("--server is gateway or next.");
  const plant = given.plant ?? null;
  if (plant !== null && !isPlant(plant))
    throw new UsageError(`--plant is one of ${Object.keys(plants).join(", ")}.`);
  return {
    seed: wholeNumber("--seed", given.seed, 0, 2 ** 32 - 1) ?? Date.now() % 2 ** 32,
    seconds:
      wholeNumber("--seconds", given.seconds, 5, 86_400) ??
      (wholeNumber("--minutes", given.minutes, 1, 1_440) ?? 0.75) * 60,
    payers: wholeNumber("--payers", given.payers, 1, 200) ?? 16,
    server,
    plant,
    keep: given.keep ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    seed: text,
    seconds: text,
    minutes: text,
    payers: text,
    server: text,
    plant: text,
    keep: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function isPlant(name: string): name is keyof typeof plants {
  return Object.hasOwn(plants, name);
}

function wholeNumber(name: string, value: string | undefined, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
  throw new UsageError(`${name} is a whole number from ${min} to ${max}.`);
}
