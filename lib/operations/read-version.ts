import "server-only";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Version = {
  /** Of package.json. */
  version: string;
  /** Full hash, or null where nothing tells: no .git folder and no GIT_COMMIT. */
  commit: string | null;
};

let known: Version | undefined;

/** What runs here. Read once: files may change under a running process. */
export function readVersion(): Version {
  known ??= {
    version: (JSON.parse(readText("package.json") ?? '{"version":"unknown"}') as { version: string }).version,
    commit: readCommit(),
  };
  return known;
}

function readCommit(): string | null {
  const told = process.env.GIT_COMMIT || process.env.VERCEL_GIT_COMMIT_SHA;
  const commit = told || commitOfCheckout();
  return commit && /^[0-9a-f]{40}$/.test(commit) ? commit : null;
}

/** `.git/HEAD` names a commit, or a branch whose file or packed line does. */
function commitOfCheckout(): string | undefined {
  const head = readText(join(".git", "HEAD"))?.trim();
  const branch = head?.match(/^ref: (refs\/[\w./-]+)$/)?.[1];
  if (!branch) return head;
  const packed = readText(join(".git", "packed-refs"))
    ?.split("\n")
    .find((line) => line.endsWith(` ${branch}`));
  return readText(join(".git", branch))?.trim() ?? packed?.slice(0, 40);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(join(process.cwd(), path), "utf8");
  } catch {
    return undefined;
  }
}
