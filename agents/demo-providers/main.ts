import type { Server } from "node:http";
import { parseArgs } from "node:util";
import { demoProviders } from "./demo-providers";
import { createProviderServer } from "./http/create-provider-server";
import type { Provider } from "./shared/provider";

const HOST = "127.0.0.1";
const CLOSE_MS = 3_000;

const choices = demoProviders.map(({ listing }) => `  ${listing.id.padEnd(12)}port ${listing.defaultPort}`);
const HELP = `Runs one demo provider on ${HOST}.

  main.ts <provider> [--port N]

Providers and their default ports:
${choices.join("\n")}

  --port N    0 to 65535; 0 takes a free one, which the first line of output names
  --help      this text

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 could not listen, 2 wrong arguments.
`;

type Command = { readonly provider: Provider; readonly port: number };

run();

function run(): void {
  const command = readCommand(process.argv.slice(2));
  if (command === "help") {
    process.stdout.write(HELP);
    return;
  }
  if (typeof command === "string") {
    process.stderr.write(`${command}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  serve(command);
}

/** The command, `help`, or a sentence that says what is wrong. */
function readCommand(args: readonly string[]): Command | "help" | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { port: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) return "help";
    const [id, ...rest] = positionals;
    const provider = demoProviders.find(({ listing }) => listing.id === id);
    if (!provider || rest.length > 0) return `Name one provider, not "${positionals.join(" ")}".`;

    const port = values.port ?? String(provider.listing.defaultPort);
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return `--port must be 0 to 65535, not "${port}".`;
    return { provider, port: Number(port) };
  } catch (error) {
    // parseArgs throws TypeErrors whose message names the wrong option.
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function serve({ provider, port }: Command): void {
  const server = createProviderServer(provider);
  server.once("error", (error) => {
    process.stderr.write(`${provider.listing.name} cannot listen on ${HOST}:${port}: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, HOST, () => {
    const address = server.address();
    const bound = typeof address === "object" && address ? address.port : port;
    process.stdout.write(`${provider.listing.name} listens on http://${HOST}:${bound}\n`);
  });
  process.once("SIGTERM", () => stop(server));
  process.once("SIGINT", () => stop(server));
}

/** Lets requests in flight finish, but no longer than three seconds. The process ends when nothing is open. */
function stop(server: Server): void {
  server.close();
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref();
}
