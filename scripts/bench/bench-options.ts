import { parseArgs } from "node:util";
import type { BenchOptions } from "./bench-result";

const help = (
  names: readonly string[],
) => `npm run bench                                        everything, about 20 minutes; needs a build
npm run bench -- --only paid-call/gateway --seconds 5   some figures (repeat --only, or give a start such as "paid-call")
npm run bench -- --only paid-call/gateway --alone       without what it is compared with: for work on that side

  --seconds 5         measured for each side and round
  --rounds 3          sides take turns, A B C A B C …
  --connections 32
  --memory-minutes 10 how long memory is watched
  --profile <folder>  write CPU profiles of the servers of paid calls there, and print where their time goes
  --quick             everything small: shows that it works, not how fast it is

Figures: ${names.join(", ")}`;

/** Reads the command line; ends the program for --help (0) and for what it does not know (2). */
export function readBenchOptions(names: readonly string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true },
        connections: { type: "string", default: "32" },
        seconds: { type: "string" },
        rounds: { type: "string" },
        "memory-minutes": { type: "string" },
        quick: { type: "boolean", default: false },
        alone: { type: "boolean", default: false },
        profile: { type: "string" },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    if (!values.help) {
      const { quick, alone } = values;
      return {
        only: chooseFigures(names, values.only),
        connections: positive("connections", values.connections),
        seconds: positive("seconds", values.seconds ?? (quick ? "1" : "5")),
        rounds: positive("rounds", values.rounds ?? (quick || alone ? "1" : "3")),
        memoryMinutes: positive("memory-minutes", values["memory-minutes"] ?? (quick ? "0.2" : "10")),
        quick,
        alone,
        profile: values.profile ?? null,
        say: console.log,
      };
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help(names)}`);
    process.exit(2);
  }
  console.log(help(names));
  process.exit(0);
}

/** @throws RangeError for a name that no figure has */
export function chooseFigures(names: readonly string[], only: readonly string[] | undefined): Set<string> {
  if (!only) return new Set(names);
  const chosen = new Set<string>();
  for (const wanted of only.flatMap((list) => list.split(","))) {
    const found = names.filter((name) => name === wanted || name.startsWith(`${wanted}/`));
    if (found.length === 0) throw new RangeError(`There is no figure "${wanted}".`);
    for (const name of found) chosen.add(name);
  }
  return chosen;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`--${name} must be a number above 0.`);
  return value;
}
