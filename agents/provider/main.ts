// `npm run agent:provider`: sells one model of an OpenAI-compatible server by the second. Settings come from the environment.
import { parseArgs } from "node:util";
import { ConfigError, readConfig } from "./read-config";
import { runProvider } from "./run-provider";

const HELP = `npm run agent:provider   sells one model of an OpenAI-compatible server by the second

Settings come from the environment:

  INFERENCE_URL      base of the server's API, such as http://localhost:11434/v1 (needed)
  PROVIDER_KEY       private key of the wallet that owns the listing and is paid (needed)
  INFERENCE_KEY      its API key, if it wants one
  MODEL_NAME         the model that is listed and served: llama-3.3-70b-versatile
  PRICE_PER_SECOND   USDCx a second: 0.0001
  PORT, HOST         where this program listens: 3001, 127.0.0.1
  ENDPOINT_URL       where the marketplace reaches it: http://127.0.0.1:PORT
  SUPERSTREAM_URL    the marketplace: http://localhost:3000

agents/provider/README.md tells the rest.

Exit codes: 0 stopped by SIGTERM or SIGINT, 1 could not start, 2 wrong settings or arguments.
`;

await main();

async function main(): Promise<void> {
  try {
    const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
    if (values.help) {
      process.stdout.write(HELP);
      return;
    }
    const say = (line: string) => process.stdout.write(`${line}\n`);
    const running = await runProvider(readConfig(process.env), say);
    const { providerId, endpoint, what, warning } = running.registered;
    if (warning) say(warning);
    say(`Provider ${providerId} is ${what} at ${endpoint} and listens on ${running.url}`);
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => {
        say("Stopping: no more calls are taken.");
        void running.stop().then(() => process.exit(0));
      });
  } catch (error) {
    const wrong = error instanceof ConfigError || (error instanceof TypeError && "code" in error);
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${wrong ? `\n${HELP}` : ""}`);
    process.exitCode = wrong ? 2 : 1;
  }
}
