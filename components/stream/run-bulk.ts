/** How one item of many ended, or that it is still to come. */
export type BulkState<Value> =
  | { phase: "waiting" | "sent" }
  | { phase: "done"; value: Value }
  | { phase: "failed"; reason: string };

/** So many requests are under way at once: quick, and gentle to a server that many share. */
const AT_ONCE = 4;

/**
 * Does one thing to each of `ids`, a few at a time, and reports each change. One that fails does not stop the others.
 *
 * @param run throws an Error whose message says to the reader why it failed
 */
export async function runBulk<Value>(
  ids: readonly string[],
  run: (id: string) => Promise<Value>,
  report: (id: string, state: BulkState<Value>) => void,
): Promise<void> {
  const waiting = [...ids];
  for (const id of ids) report(id, { phase: "waiting" });
  async function work(): Promise<void> {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      report(id, { phase: "sent" });
      try {
        report(id, { phase: "done", value: await run(id) });
      } catch (error) {
        report(id, { phase: "failed", reason: error instanceof Error ? error.message : "It failed." });
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
}
