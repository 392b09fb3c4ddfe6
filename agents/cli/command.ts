import type { ParseArgsConfig } from "node:util";
import type { SiteApi } from "../client/site-api";

export type Values = Record<string, string | boolean | undefined>;

/** What a command may use. */
export type Context = {
  /** The Superstream that is spoken to, without a slash at its end. */
  site: string;
  anybody: SiteApi;
  /** Signed in with AGENT_KEY. @throws WrongUse when there is none */
  me: () => Promise<SiteApi & { address: string }>;
  values: Values;
  positionals: readonly string[];
};

/** `data` for `--json`, `lines` for people. `failed`: something is not as it should be, and the exit code says so. */
export type Result = { data: unknown; lines: readonly string[]; failed?: boolean };

export type Command = {
  /** Words as they are typed, such as `receipts verify`. */
  name: string;
  /** Behind the name: `<stream> <amount>`. */
  usage: string;
  summary: string;
  options?: NonNullable<ParseArgsConfig["options"]>;
  /** A line for each option. */
  help?: readonly string[];
  /** Fewest and most. */
  arguments: readonly [number, number];
  run: (context: Context) => Promise<Result>;
};

/** The command cannot be understood: exit code 2, and how it is used. */
export class WrongUse extends Error {
  override readonly name = "WrongUse";
}
