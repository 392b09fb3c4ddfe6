import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeFailure, Refusal, step } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { runForge } from "./forge.mjs";
import { startGasChain } from "./gas-chain";
import { measureSablier, measureStreamPay, measureSuperfluid } from "./measure-gas";
import { type Measured, renderGas } from "./render-gas";

const HELP = `npm run contracts:gas

Measures the contracts' gas: contracts/snapshots/*.json by forge, and docs/gas.md with the same operations by receipts of a local
chain, beside Superfluid and Sablier Flow (fetched from npm, measured, never committed).`;

async function main(): Promise<void> {
  await step("Gas by forge", async () => {
    // Of its own: what other runs have left is not always whole.
    const folder = ["--out", "cache/gas", "--cache-path", "cache/gas/cache"];
    const { code, output } = await runForge(["test", "--force", ...folder, "--match-contract", "Gas$"]);
    if (code !== 0) throw new Refusal(`The gas tests fail:\n${output}`);
  });
  const chain = await startGasChain();
  try {
    const measured: Measured = {
      streamPay: await step("StreamPay", () => measureStreamPay(chain)),
      superfluid: await step("Superfluid", () => measureSuperfluid(chain)),
      sablier: await step("Sablier Flow", () => measureSablier(chain)),
    };
    const snapshot = JSON.parse(readFileSync(join(ROOT, "contracts/snapshots/StreamPay.json"), "utf8"));
    writeFileSync(join(ROOT, "docs/gas.md"), renderGas(measured, snapshot));
    console.log("docs/gas.md and contracts/snapshots are written.");
  } finally {
    await chain.stop();
  }
}

if (process.argv.includes("--help")) console.log(HELP);
else
  await main().catch((error: unknown) => {
    console.error(describeFailure(error));
    process.exitCode = 1;
  });
