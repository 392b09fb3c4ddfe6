import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What Node's --cpu-prof writes: the call tree, and which of its nodes each sample hit. */
export type CpuProfile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** µs since the sample before. */
  timeDeltas: number[];
};

const IDLE = new Set(["(idle)", "(root)", "(program)"]);

/**
 * Where a program's time went, the most first: functions with their share of the time that it was not idle (their own time,
 * without what they called).
 */
export function profileLines({ nodes, samples, timeDeltas }: CpuProfile, count: number): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const own = new Map<string, number>();
  let busy = 0;
  for (const [n, id] of samples.entries()) {
    const name = names.get(id) ?? "(unknown)";
    const micros = timeDeltas[n] ?? 0;
    if (IDLE.has(name)) continue;
    busy += micros;
    own.set(name, (own.get(name) ?? 0) + micros);
  }
  return [...own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, micros]) => `${((micros / busy) * 100).toFixed(1).padStart(5)} %  ${name}`);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  if (functionName.startsWith("(")) return functionName;
  const place = url ? ` ${basename(url.split("?", 1)[0] ?? "")}:${lineNumber + 1}` : "";
  return `${functionName || "(anonymous)"}${place}`;
}

/** The largest profile of a folder: the main thread's, not that of a loader beside it. */
export function readLargestProfile(folder: string): CpuProfile | null {
  const profiles = readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile);
  return profiles.sort((a, b) => busySamples(b) - busySamples(a))[0] ?? null;
}

function busySamples({ nodes, samples }: CpuProfile): number {
  const idle = new Set(nodes.filter(({ callFrame }) => IDLE.has(callFrame.functionName)).map(({ id }) => id));
  return samples.filter((id) => !idle.has(id)).length;
}
