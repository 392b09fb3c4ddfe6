import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { childrenOf } from "./process-cpu";

const MB = 1024; // In kB, as /proc and ps count.

/** Memory that a process and its children hold, in MB; what they share counts once (proportional set size). */
export function processMemoryMb(pid: number): number {
  if (process.platform !== "linux") return residentKb(pid) / MB;
  return [pid, ...childrenOf(pid)].reduce((sum, id) => sum + proportionalKb(id), 0) / MB;
}

/** Resident memory of one process, in MB. */
export function residentMb(pid: number): number {
  if (process.platform !== "linux") return residentKb(pid) / MB;
  return fieldOf(pid, "status", "VmRSS") / MB;
}

function proportionalKb(pid: number): number {
  return fieldOf(pid, "smaps_rollup", "Pss") || fieldOf(pid, "status", "VmRSS");
}

/** @returns 0 when the process is gone, or may not be looked into */
function fieldOf(pid: number, file: string, field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function residentKb(pid: number): number {
  return Number(spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() || 0);
}
