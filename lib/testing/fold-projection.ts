import type { Queryable } from "@/lib/db/pool";
import type { ChainLog } from "@/lib/indexer/chain-log";
import type { LogSource } from "@/lib/indexer/log-source";
import type { Projection } from "@/lib/indexer/projection";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";

/** Where `foldProjection` writes; of a scratch database. */
export async function createFoldTable(db: Queryable): Promise<void> {
  await db.query("create table if not exists test_fold (subject text primary key, state jsonb not null)");
}

/** The smallest projection there can be: what each stream and each flow is now, by its events. */
export function foldProjection(sources: readonly LogSource[]): Projection {
  return {
    name: "test-fold-1",
    sources,
    async apply(db, { chainId, removed, added }) {
      const touched = [...removed, ...added].flatMap(({ subjects }) => subjects.filter(isFolded));
      const logs = await listSubjectLogs(db, chainId, [...new Set(touched)]);
      for (const [subject, history] of logs) {
        const state = subject.startsWith("streampay:") ? foldStream(history) : foldFlow(history);
        await db.query("delete from test_fold where subject = $1", [subject]);
        if (state) await db.query("insert into test_fold values ($1, $2)", [subject, state]);
      }
    },
  };
}

function isFolded(subject: string): boolean {
  return subject.startsWith("streampay:") || subject.startsWith("flow:");
}

function foldStream(logs: readonly ChainLog[]) {
  let [deposit, withdrawn, cancelled] = [0n, 0n, false];
  for (const { event, args } of logs) {
    const amount = (name: string) => BigInt(String(args[name]));
    if (event === "StreamCreated" || event === "StreamToppedUp") deposit = amount("deposit");
    if (event === "StreamUpdated") withdrawn += amount("toRecipient") + amount("reward");
    if (event === "StreamWithdrawn") withdrawn += amount("amount");
    if (event === "StreamCancelled") cancelled = true;
  }
  if (logs.length === 0) return null;
  const open = !cancelled && withdrawn < deposit;
  // The contract forgets the money of a closed stream.
  return open
    ? { deposit: `${deposit}`, withdrawn: `${withdrawn}`, open }
    : { deposit: "0", withdrawn: "0", open };
}

function foldFlow(logs: readonly ChainLog[]) {
  let [rate, deposit] = ["0", "0"];
  for (const { event, args } of logs) {
    if (event === "FlowUpdated") rate = String(args.flowRate);
    if (event === "FlowUpdatedExtension") deposit = String(args.deposit);
  }
  return rate === "0" ? null : { rate, deposit };
}
