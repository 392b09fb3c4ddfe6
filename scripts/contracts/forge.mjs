import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Refusal } from "../report.mjs";

export const CONTRACTS = fileURLToPath(new URL("../../contracts/", import.meta.url));

/**
 * The program forge: npm's for this platform, else one on the PATH.
 * @returns {string | null} null where there is none
 */
export function findForge() {
  const file = process.platform === "win32" ? "forge.exe" : "forge";
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  try {
    // The file itself: npm's wrapper takes 80 ms and may look for a download.
    const manifest = `@foundry-rs/forge-${process.platform}-${architecture}/package.json`;
    const binary = join(dirname(createRequire(import.meta.url).resolve(manifest)), "bin", file);
    if (existsSync(binary)) return binary;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, file)).find(existsSync) ?? null;
}

/** @throws Refusal where there is no forge */
export function needForge() {
  const forge = findForge();
  if (forge) return forge;
  throw new Refusal(
    `npm has no forge for ${process.platform}-${process.arch}, and there is none on the PATH: install Foundry to build or test contracts.`,
  );
}

/**
 * Runs forge in the folder of the contracts (or `cwd`) and gives what it wrote.
 * @param {string[]} args
 * @param {{ cwd?: string, environment?: Record<string, string>, onLine?: (line: string) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<{ code: number, output: string }>} code -1 when it was ended from outside
 */
export async function runForge(args, { cwd = CONTRACTS, environment = {}, onLine, signal } = {}) {
  const child = spawn(needForge(), args, {
    cwd,
    env: { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  /** @type {string[]} */
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      onLine?.(line);
    });
  const code = await new Promise((resolve, reject) => {
    child.once("error", (error) => (signal?.aborted ? resolve(-1) : reject(error)));
    child.once("close", (status) => resolve(status ?? -1));
  });
  return { code, output: lines.join("\n") };
}
