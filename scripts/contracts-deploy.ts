// `npm run contracts:deploy -- --network NAME`: our contracts onto a chain. How to call it: --help.
import { existsSync } from "node:fs";
import { help, readOptions, UsageError } from "./contracts-deploy/options";
import { runDeployment } from "./contracts-deploy/run-deployment";
import { describeFailure } from "./report.mjs";

if (existsSync(".env")) process.loadEnvFile(".env"); // What the shell sets wins.

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === "help") console.log(help);
  else await runDeployment(options, process.env);
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message} See --help.` : describeFailure(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
