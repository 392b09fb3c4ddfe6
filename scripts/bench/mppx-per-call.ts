import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.mjs";
import { gatewayMemory } from "../memory-flags.mjs";
import { findBookFaults } from "./bench-database";
import type { BenchOptions, BenchResult } from "./bench-result";
import { startLoadGenerator } from "./load-generator";
import { cpuLine, failureLines, type Measured, measureSides, type Side, WARM_MS } from "./measure-sides";
import { type ChargeKind, prepareCredentials } from "./mppx-charges";
import { paidTarget, serverEnvironment } from "./paid-call";
import { startPaidMarket } from "./start-paid-market";
import { startProgram } from "./start-program";

const OURS = "Superstream, npm run gateway";
const STOCK: Record<ChargeKind, { name: string; most: number }> = {
  evm: { name: "stock mppx, evm/charge", most: 1_500 },
  unsigned: { name: "mppx, challenge without signature", most: 8_000 },
};

/**
 * A call on an open stream against a call that is paid for by itself, with mppx as it comes: on the same HTTP server and
 * adapter, by the same load generator. mppx remembers in memory and loses that with the process; ours is committed.
 */
export async function measureMppx(options: BenchOptions): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "superstream-bench-"));
  const enders: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const generator = await startLoadGenerator();
    enders.push(generator.stop);
    const sides: Side[] = [];
    for (const kind of ["evm", "unsigned"] as const) {
      const { name, most } = STOCK[kind];
      const port = await freePort();
      const program = await startProgram(name, ["scripts/bench/serve-mppx.ts", kind], { PORT: String(port) });
      enders.push(program.stop);
      const credentialsFile = join(folder, kind);
      const count = Math.ceil((most * options.rounds * (options.seconds * 1000 + WARM_MS)) / 1000);
      options.say(`  ${count} credentials are prepared for ${name}`);
      writeFileSync(credentialsFile, (await prepareCredentials(kind, count)).join("\n"));
      sides.push({
        name,
        target: { port, method: "POST", path: "/", body: '{"n":1}', fresh: { credentialsFile } },
        watched: { node: program.pid },
      });
    }

    const { tokens, ...database } = await startPaidMarket();
    enders.push(database.stop);
    const port = await freePort();
    const args = [...gatewayMemory, "scripts/bench/serve-in-process.ts", "--gateway"];
    const gateway = await startProgram(OURS, args, serverEnvironment(port, database.url));
    enders.push(gateway.stop);
    sides.push({
      name: OURS,
      target: { ...paidTarget(tokens), port },
      watched: { node: gateway.pid, postgres: database.pid },
    });

    const measured = await measureSides(generator, sides, options);
    const [stock, least, ours] = measured;
    if (!stock || !least || !ours) throw new Error("Three sides were measured, and fewer came back.");
    const faults = [...measured.flatMap(failureLines), ...(await findBookFaults(database.pool, ours.ok))];
    return [toResult(stock, least, ours, faults)];
  } finally {
    for (const end of enders.toReversed()) await end();
  }
}

function toResult(stock: Measured, least: Measured, ours: Measured, faults: string[]): BenchResult {
  const ratio = ours.requestsPerSecond / stock.requestsPerSecond;
  return {
    name: "mppx/per-call",
    value: ours.requestsPerSecond,
    unit: "calls/s",
    baseline: STOCK.evm.name,
    ratio,
    p50Ms: ours.p50Ms,
    p99Ms: ours.p99Ms,
    targets: [{ text: "at least 3 times stock mppx with a credential for each call", met: ratio >= 3 }],
    notes: [
      `${stock.name} (an EIP-3009 authorisation for each call, in-memory store, settlement that takes no time): ${sideLine(stock)}`,
      `${least.name} (bound by HMAC, used once; the least a per-call credential can be): ${sideLine(least)} Ours is ${(ours.requestsPerSecond / least.requestsPerSecond).toFixed(2)} times that.`,
      `Ours, committed before each answer: CPU µs a call: ${cpuLine(ours.cpuMicros)}.`,
    ],
    faults,
  };
}

function sideLine({ requestsPerSecond, p99Ms, cpuMicros }: Measured): string {
  return `${requestsPerSecond.toFixed(0)}/s, p99 ${p99Ms.toFixed(1)} ms, CPU µs: ${cpuLine(cpuMicros)}.`;
}
