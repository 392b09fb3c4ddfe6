import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Abi, Hex } from "viem";
import { ROOT, run } from "../set-up.mjs";
import { readTarball } from "./read-tarball";
import { writeWhole } from "./write-whole";

/** Git-ignored: what is fetched, and what is made from it. Forge may read here (`fs_permissions`). */
export const CACHE = join(ROOT, "contracts", ".superfluid");

const VERSION = "1.15.2";
export const SUPERFLUID_PACKAGE = `@superfluid-finance/ethereum-contracts@${VERSION}`;
/** As the registry has published it: other bytes are refused, whoever serves them. */
export const SUPERFLUID_INTEGRITY =
  "sha512-pvNZvjR72VNdVsUyk0AEsyU8nhk3ClFI9IDfpDVgHaeupugUzrtrsWAwr8s9iAbNgC7uS4e3/kz1Afd+aK5H7Q==";

/** Of one contract, as Hardhat compiled it for the package. */
export type Artefact = {
  abi: Abi;
  bytecode: Hex;
  linkReferences: Record<string, Record<string, { start: number; length: number }[]>>;
};

export type SuperfluidArtefacts = {
  /** By contract name. */
  contracts: Readonly<Record<string, Artefact>>;
  /** Creation code of the ERC-1820 registry, which every Super Token looks up. */
  erc1820: string;
};

/** Names of contracts are unique in the package. */
const ARTEFACT = /^package\/build\/hardhat\/contracts\/.+\/(\w+)\.json$/;

/**
 * Superfluid's compiled contracts: from the cache, else from npm. AGPL-3.0 object code, so it is never committed and never
 * a dependency (docs/decisions/0085).
 *
 * @throws Error when npm cannot fetch the package, or what it fetched has other bytes
 */
export async function superfluidArtefacts(cache = CACHE): Promise<SuperfluidArtefacts> {
  const file = join(cache, `artefacts-${VERSION}.json`);
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    writeWhole(file, JSON.stringify(unpack(await fetchPackage())));
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

async function fetchPackage(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "superstream-superfluid-"));
  try {
    // npm's own cache has it after the first time, on a machine without a network as well.
    const flags = ["--pack-destination", folder, "--prefer-offline", "--ignore-scripts"];
    await run("npm", ["pack", SUPERFLUID_PACKAGE, ...flags]).catch((error: unknown) => {
      throw new Error(`npm could not fetch ${SUPERFLUID_PACKAGE} (${npmCode(error)})`);
    });
    const bytes = readFileSync(join(folder, readdirSync(folder)[0] ?? ""));
    checkIntegrity(bytes);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of the thirty lines that npm writes, the one that says why. */
function npmCode(error: unknown): string {
  return /^npm (?:error|ERR!) code (\S+)/m.exec(String(error))?.[1] ?? "it said nothing why";
}

/** @throws Error when these are not the bytes that were looked at when the version was chosen */
export function checkIntegrity(bytes: Uint8Array): void {
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found !== SUPERFLUID_INTEGRITY)
    throw new Error(
      `${SUPERFLUID_PACKAGE} has the wrong bytes: ${found} instead of ${SUPERFLUID_INTEGRITY}.`,
    );
}

function unpack(gzipped: Uint8Array): SuperfluidArtefacts {
  const contracts: Record<string, Artefact> = {};
  let erc1820 = "";
  for (const { name, content } of readTarball(gzipped)) {
    const contract = ARTEFACT.exec(name)?.[1];
    if (contract) {
      const { abi, bytecode, linkReferences } = JSON.parse(content.toString("utf8"));
      contracts[contract] = { abi, bytecode, linkReferences };
    } else if (name === "package/dev-scripts/artifacts/ERC1820Registry.json")
      erc1820 = JSON.parse(content.toString("utf8")).bin;
  }
  if (!erc1820) throw new Error(`${SUPERFLUID_PACKAGE} lacks the ERC-1820 registry.`);
  return { contracts, erc1820 };
}
