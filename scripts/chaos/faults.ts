import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosDatabase } from "./database";
import type { Program } from "./processes";
import type { Random } from "./random";

export type Fault = "kill -9" | "SIGSTOP" | "database crash" | "connections cut" | "provider trouble";

/** Every kind comes up in each round, in an order that the seed decides. */
const ROUND: readonly Fault[] = [
  "kill -9",
  "kill -9",
  "kill -9",
  "SIGSTOP",
  "SIGSTOP",
  "database crash",
  "connections cut",
  "connections cut",
  "provider trouble",
];

/**
 * Breaks things, one every 1.2 to 3.3 s, without waiting until the one before is mended, until told to stop. Only when no
 * server answers at all it waits for one: a machine that is all faults proves nothing.
 *
 * @param log told each fault as it happens
 */
export async function injectFaults(options: {
  servers: readonly [Program, Program];
  database: ChaosDatabase;
  upstream: string;
  random: Random;
  signal: AbortSignal;
  log: (what: string) => void;
}): Promise<Map<Fault, number>> {
  const { servers, database, upstream, random, signal, log } = options;
  const counts = new Map<Fault, number>(ROUND.map((fault) => [fault, 0]));
  const mending: Promise<unknown>[] = [];
  let round: Fault[] = [];

  async function someServerAnswers(): Promise<void> {
    while (!signal.aborted) {
      const healthy = await Promise.all(servers.map((server) => server.healthy()));
      if (healthy.includes(true)) return;
      await sleep(100);
    }
  }

  async function inject(fault: Fault): Promise<void> {
    const server = random.pick(servers);
    switch (fault) {
      case "kill -9":
        log(`kill -9 of ${server.name}`);
        server.signal("SIGKILL");
        return;
      case "SIGSTOP": {
        const ms = random.int(1_000, 6_000);
        log(`SIGSTOP of ${server.name} for ${ms / 1000} s`);
        server.signal("SIGSTOP");
        await sleep(ms, undefined, { signal }).catch(() => {});
        server.signal("SIGCONT");
        return;
      }
      case "database crash":
        log("crash of the database");
        await database.crash();
        return;
      case "connections cut": {
        const limit = random.chance(0.3) ? 100 : random.int(1, 5);
        const cut = await database.cutConnections(limit).catch(() => 0);
        log(`${cut} database connections cut`);
        return;
      }
      case "provider trouble": {
        const trouble = {
          failShare: random.int(2, 6) / 10,
          hangShare: random.int(1, 3) / 10,
          hangMs: random.int(800, 5_000),
        };
        log(
          `provider trouble: ${trouble.failShare * 100} % fail, ${trouble.hangShare * 100} % take ${trouble.hangMs / 1000} s`,
        );
        await setTrouble(upstream, trouble);
        await sleep(random.int(2_000, 5_000), undefined, { signal }).catch(() => {});
        await setTrouble(upstream, { failShare: 0.02, hangShare: 0, hangMs: 0 });
      }
    }
  }

  while (!signal.aborted) {
    await sleep(random.int(1_200, 3_300), undefined, { signal }).catch(() => {});
    await someServerAnswers();
    if (signal.aborted) break;
    if (round.length === 0) round = random.shuffled(ROUND);
    const fault = round.pop() ?? "kill -9";
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
    mending.push(inject(fault));
  }
  await Promise.all(mending);
  return counts;
}

async function setTrouble(
  upstream: string,
  trouble: { failShare: number; hangShare: number; hangMs: number },
) {
  await fetch(`${upstream}/chaos/trouble`, { method: "POST", body: JSON.stringify(trouble) });
}
