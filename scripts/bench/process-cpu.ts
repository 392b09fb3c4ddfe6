import { readdirSync, readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own tick. */
const MICROS_PER_TICK = 10_000;

/**
 * CPU time that a process and its children have used so far, in µs; of children that have ended, too.
 *
 * @returns null where there is no /proc (not Linux), or when the process is gone
 * @see proc_pid_stat(5)
 */
export function processCpuMicros(pid: number): number | null {
  const own = readStat(pid);
  if (!own) return null;
  let ticks = own.ticks + own.endedChildrenTicks;
  for (const child of childrenOf(pid)) ticks += readStat(child)?.ticks ?? 0;
  return ticks * MICROS_PER_TICK;
}

/** Ids of the processes that a process has started itself. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((candidate) => Number.isInteger(candidate) && readStat(candidate)?.parent === pid);
}

type Stat = { parent: number; ticks: number; endedChildrenTicks: number };

function readStat(pid: number): Stat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}

/** The name, in brackets, may hold anything: fields are counted from its end. */
export function parseStat(line: string): Stat {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return { parent: field(4), ticks: field(14) + field(15), endedChildrenTicks: field(16) + field(17) };
}
