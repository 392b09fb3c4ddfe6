// `npx superstream <command>`: everything that an agent or its person does with a Superstream from a terminal.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { privateKeyToAccount } from "viem/accounts";
import { signIn, siteApi } from "../client/site-api";
import { type Command, type Context, type Values, WrongUse } from "./command";
import { commands, programs } from "./commands";

const SHARED = {
  url: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;
const SHARED_HELP = [
  "--url    of a Superstream (SUPERSTREAM_URL, else http://localhost:3000)",
  "--json   print what the site has said",
  "--help   this text",
];

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 1 when it was refused or is not as it should be, 2 for wrong use */
async function main(args: readonly string[]): Promise<number> {
  const [first = "--help"] = args;
  const program = programs[first];
  if (program) return handOn(program.file, args.slice(1));
  const command = commands.find(({ name }) => `${args.join(" ")} `.startsWith(`${name} `));
  if (!command) {
    const asked = first === "--help" || first === "help";
    (asked ? console.log : console.error)(
      asked ? overview() : `There is no command ${first}.\n\n${overview()}`,
    );
    return asked ? 0 : 2;
  }
  try {
    return await run(command, args.slice(command.name.split(" ").length));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (!(error instanceof WrongUse)) return 1;
    console.error(`\n${helpOf(command)}`);
    return 2;
  }
}

async function run(command: Command, args: readonly string[]): Promise<number> {
  const { values, positionals } = read(command, args);
  if (values.help) {
    console.log(helpOf(command));
    return 0;
  }
  const [fewest, most] = command.arguments;
  if (positionals.length < fewest || positionals.length > most)
    throw new WrongUse("The arguments do not fit.");
  const site = siteOf(values);
  const context: Context = { site, anybody: siteApi(site), me: () => signedIn(site), values, positionals };
  const { data, lines, failed } = await command.run(context);
  console.log(values.json ? JSON.stringify(data, null, 2) : lines.join("\n"));
  return failed ? 1 : 0;
}

function read(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...command.options, ...SHARED },
    });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error));
  }
}

function siteOf({ url }: Values): string {
  const given = String(url ?? process.env.SUPERSTREAM_URL ?? "http://localhost:3000");
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new WrongUse(`${given} is no address of a site.`);
  return new URL(given).origin;
}

async function signedIn(site: string) {
  const key = process.env.AGENT_KEY ?? "";
  if (!/^0x[0-9a-fA-F]{64}$/.test(key))
    throw new WrongUse("AGENT_KEY is not set, or no private key: 0x and 64 hexadecimal digits.");
  const account = privateKeyToAccount(key as `0x${string}`);
  return { ...(await signIn(site, account)), address: account.address };
}

/** Its signals are ours: a terminal sends them to both. */
async function handOn(file: string, args: readonly string[]): Promise<number> {
  const root = new URL("../../", import.meta.url);
  const hooks = fileURLToPath(new URL("scripts/register-ts.mjs", root));
  const child = spawn(process.execPath, ["--import", hooks, fileURLToPath(new URL(file, root)), ...args], {
    stdio: "inherit",
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, pass);
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

function overview(): string {
  const rows: [string, string][] = [
    ...commands.map(({ name, usage, summary }): [string, string] => [`${name} ${usage}`.trim(), summary]),
    ...Object.entries(programs).map(([name, { summary }]): [string, string] => [name, summary]),
  ];
  const width = Math.max(...rows.map(([call]) => call.length));
  return [
    "npx superstream <command> [options]",
    "",
    ...rows.map(([call, summary]) => `  ${call.padEnd(width)}  ${summary}`),
    "",
    ...SHARED_HELP.map((line) => `  ${line}`),
    "",
    "AGENT_KEY is the private key that signs in. Exit code 0 when it worked, 1 when it was refused, 2 for wrong use.",
  ].join("\n");
}

function helpOf({ name, usage, summary, help = [] }: Command): string {
  return [
    `npx superstream ${`${name} ${usage}`.trim()}`,
    "",
    `${summary}.`,
    "",
    ...help,
    ...SHARED_HELP,
  ].join("\n");
}
