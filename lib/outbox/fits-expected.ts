import type { ExpectedLog } from "./intent";

/** Whether a log is the one that was to come: same contract, same topics, same data. */
export function fitsExpected(
  log: { address: string; topics: readonly string[]; data: string },
  expected: ExpectedLog,
): boolean {
  const same = (a: string | undefined, b: string) => a?.toLowerCase() === b.toLowerCase();
  return (
    same(log.address, expected.address) &&
    same(log.data, expected.data) &&
    log.topics.length === expected.topics.length &&
    expected.topics.every((topic, place) => topic === null || same(log.topics[place], topic))
  );
}
