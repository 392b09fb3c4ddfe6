import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Address, type Hex, hexToBytes } from "viem";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { hashOf } from "../set-up.mjs";
import { asAdmin } from "./chain-admin";
import { type Addresses, deployContracts, stockFaucet } from "./deploy-contracts";
import { deploySuperfluid } from "./deploy-superfluid";
import { rpc } from "./rpc";
import { startAnvil } from "./start-anvil";
import { CACHE, SUPERFLUID_INTEGRITY, superfluidArtefacts } from "./superfluid-artefacts";
import { writeWhole } from "./write-whole";

/** An account as anvil writes it to its state. */
export type AccountState = { nonce: number; balance: Hex; code: Hex; storage: Record<Hex, Hex> };

/** What stands on every new devnet: contracts and their storage, no transactions. */
export type Snapshot = { addresses: Addresses; accounts: Record<Address, AccountState> };

/** Only creates what is ours, so that its addresses do not depend on Superfluid's version. Nobody has its key. */
const CREATOR = "0x5f00000000000000000000000000000000000002";

/**
 * What new devnets and forge's tests start from: from the cache, or built when one of its inputs has changed.
 *
 * @param options.anvil the program
 * @throws Error when Superfluid's package cannot be had, or an address is not the one that the product has committed
 */
export async function snapshot(options: { anvil: string; cache?: string }): Promise<Snapshot> {
  const cache = options.cache ?? CACHE;
  const file = fileOf(options.anvil, cache);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const built = await build(options.anvil, cache);
  assertCommitted(built.addresses);
  writeWhole(file, JSON.stringify(built));
  forgetOlder(cache, file);
  return built;
}

/** Several programs may build at once: each leaves alone what another has just written. */
function forgetOlder(cache: string, newest: string): void {
  const old = Date.now() - 3_600_000;
  for (const name of readdirSync(cache)) {
    const file = join(cache, name);
    if (!/^snapshot-[0-9a-f]{16}\.json$/.test(name) || file === newest) continue;
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? old) < old) rmSync(file, { force: true });
  }
}

/** Whether `snapshot` has nothing to build. */
export function hasSnapshot(options: { anvil: string }): boolean {
  return existsSync(fileOf(options.anvil, CACHE));
}

function fileOf(anvil: string, cache: string): string {
  return join(cache, `snapshot-${hashOfInputs(anvil)}.json`);
}

function hashOfInputs(anvil: string): string {
  const { size, mtimeMs } = statSync(anvil);
  const sources = hashOf(["scripts/devnet", "contracts-abi", "lib/chain/devnet-addresses.ts"]);
  const inputs = [SUPERFLUID_INTEGRITY, size, mtimeMs, sources].join(" ");
  return createHash("sha256").update(inputs).digest("hex").slice(0, 16);
}

async function build(anvil: string, cache: string): Promise<Snapshot> {
  const artefacts = await superfluidArtefacts(cache);
  // Libraries of the framework's deployer are larger than a contract may be. Only here: the devnet keeps the limit.
  const chain = await startAnvil({ program: anvil, args: ["--disable-code-size-limit", "--accounts", "0"] });
  try {
    const framework = await asAdmin(chain.url, DEVNET.admin, (admin) => deploySuperfluid(admin, artefacts));
    const addresses = await asAdmin(chain.url, CREATOR, (creator) =>
      deployContracts(creator, artefacts, { admin: DEVNET.admin, ...framework }),
    );
    await asAdmin(chain.url, DEVNET.faucet, (faucet) => stockFaucet(faucet, addresses));
    return { addresses, accounts: await accountsOf(chain.url) };
  } finally {
    await chain.kill();
  }
}

/** All accounts with code, and those that have created one: their next contract must not land on the first. */
async function accountsOf(url: string): Promise<Snapshot["accounts"]> {
  const dump = gunzipSync(hexToBytes(await rpc<Hex>(url, "anvil_dumpState")));
  const { accounts } = JSON.parse(dump.toString("utf8")) as { accounts: Snapshot["accounts"] };
  return Object.fromEntries(
    Object.entries(accounts).filter(([, { code, nonce }]) => code !== "0x" || nonce > 0),
  );
}

/** Pages, other networks' tables and the tests of contracts rely on the committed addresses. */
function assertCommitted(addresses: Addresses): void {
  const committed: Readonly<Record<string, unknown>> = DEVNET;
  const wrong = Object.entries(addresses).filter(([key, address]) => committed[key] !== address);
  if (wrong.length > 0)
    throw new Error(
      `lib/chain/devnet-addresses.ts differs from what was built:\n${wrong.map(([key, address]) => `  ${key}: "${address}",`).join("\n")}`,
    );
}
