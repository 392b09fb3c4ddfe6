import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Address, type Hex, pad } from "viem";
import { describeFailure, Refusal } from "../report.mjs";
import { type Snapshot, snapshot } from "./build-snapshot";
import { findAnvil } from "./find-anvil";
import { CACHE } from "./superfluid-artefacts";
import { writeWhole } from "./write-whole";

const HELP = `node --import ./scripts/register-ts.mjs scripts/devnet/make-allocs.ts

Writes what forge's tests against the real Superfluid start from, into contracts/.superfluid:
  allocs.json      for vm.loadAllocs
  addresses.json   what is where: host, cfa, usdc, usdcx, …

Exit code 1 when there is no anvil, or Superfluid's package cannot be fetched.`;

/** geth's format of a genesis. */
type Allocs = Record<Address, { balance: Hex; nonce: Hex; code: Hex; storage: Record<Hex, Hex> }>;

export function allocsOf({ accounts }: Snapshot): Allocs {
  return Object.fromEntries(
    Object.entries(accounts).map(([address, { balance, nonce, code, storage }]) => [
      address,
      {
        balance,
        nonce: `0x${nonce.toString(16)}` as const,
        code,
        storage: Object.fromEntries(
          Object.entries(storage).map(([slot, value]) => [pad(slot as Hex), pad(value)]),
        ),
      },
    ]),
  );
}

async function main(): Promise<void> {
  const anvil = findAnvil();
  if (!anvil) throw new Refusal("There is no anvil for this platform in npm, and none on the PATH.");
  mkdirSync(CACHE, { recursive: true });
  const made = await snapshot({ anvil });
  writeWhole(join(CACHE, "allocs.json"), JSON.stringify(allocsOf(made)));
  writeWhole(join(CACHE, "addresses.json"), JSON.stringify(made.addresses, null, 2));
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes("--help")) console.log(HELP);
  else
    await main().catch((error: unknown) => {
      console.error(describeFailure(error));
      process.exitCode = 1;
    });
}
