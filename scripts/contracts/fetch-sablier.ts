import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Abi, Hex } from "viem";
import { readTarball } from "../devnet/read-tarball";
import { ROOT, run } from "../set-up.mjs";

export type Compiled = { abi: Abi; bytecode: Hex };

/** Git-ignored. */
const CACHE = join(ROOT, "contracts", ".sablier");

/** As the registry has published them: other bytes are refused, whoever serves them. */
const PACKAGES = {
  "@sablier/flow@3.0.1":
    "sha512-P7r2tMHRTS3KadYzwd4iEzHaSbKzPQfM+W1LI1lqQ11VhbRR0sqFjE71V6jr+QQPA3ns/L1KLf24Op5VOIvPDg==",
  "@sablier/evm-utils@2.0.1":
    "sha512-LRyCMKTHMbnUbiTTO1IGsCVXzl+KL63K3qSjynwmXOZhUfPDE0MIqvvRlvF34JukWGy60IkdmnsPD0lWk+fzuw==",
} as const;

/**
 * Sablier Flow as its authors compiled it, to measure it on a chain of our own. Its licence (BUSL-1.1) allows that and no
 * more, so it is fetched when it is measured, and neither committed nor a dependency (docs/decisions/0082).
 *
 * @returns contracts by name
 * @throws Error when npm cannot fetch it, or what it fetched has other bytes
 */
export async function fetchSablier(): Promise<Readonly<Record<string, Compiled>>> {
  const contracts: Record<string, Compiled> = {};
  for (const [name, integrity] of Object.entries(PACKAGES)) {
    const file = join(CACHE, `${name.replace(/\W+/g, "-").slice(1)}.tgz`);
    if (!existsSync(file)) {
      mkdirSync(CACHE, { recursive: true });
      writeFileSync(file, await pack(name));
    }
    const bytes = readFileSync(file);
    const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    if (found !== integrity)
      throw new Error(`${name} has the wrong bytes: ${found} instead of ${integrity}.`);
    for (const { name: path, content } of readTarball(bytes)) {
      const contract = /^package\/artifacts\/(\w+)\.json$/.exec(path)?.[1];
      if (!contract) continue;
      const { abi, bytecode } = JSON.parse(content.toString("utf8"));
      contracts[contract] = { abi, bytecode: bytecode.object };
    }
  }
  return contracts;
}

async function pack(name: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "superstream-sablier-"));
  try {
    await run("npm", ["pack", name, "--pack-destination", folder, "--prefer-offline", "--ignore-scripts"]);
    return readFileSync(join(folder, readdirSync(folder)[0] ?? ""));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
