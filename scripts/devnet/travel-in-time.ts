import type pg from "pg";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { ledgerAheadMs, setLedgerAhead } from "./ledger-clock";
import { rpc } from "./rpc";

/** A year: further away, certificates and sessions of every kind have ended, and nothing is learnt. */
const TRAVEL_MAX_SECONDS = 366n * 86_400n;
/** Any number that nobody else locks. */
const TRAVELLER_LOCK = 8_546_001;

/**
 * Moves the ledger's clock and the chain's forward together, so that a stream on either rail sees the same time pass. Should
 * the chain have moved and the ledger not, then the next start brings the ledger after it.
 *
 * @param options.rpcUrl of the devnet; null when none runs
 * @returns how far the ledger is ahead of the machine now, milliseconds
 * @throws Error when the node is another chain, or `seconds` is not from 1 to 366 days
 */
export async function travelInTime(
  db: pg.ClientBase,
  options: { rpcUrl: string | null; seconds: bigint },
): Promise<bigint> {
  const { rpcUrl, seconds } = options;
  if (seconds < 1n || seconds > TRAVEL_MAX_SECONDS)
    throw new Error("Time moves forward only, by a second to 366 days.");
  if (rpcUrl && Number(await rpc<string>(rpcUrl, "eth_chainId")) !== DEVNET.chainId)
    throw new Error(`${rpcUrl} is not the devnet: time can only be moved there.`);

  await db.query("BEGIN");
  try {
    await db.query(`SELECT pg_advisory_xact_lock(${TRAVELLER_LOCK})`); // Two travellers go one after the other.
    const aheadMs = (await ledgerAheadMs(db)) + seconds * 1_000n;
    await setLedgerAhead(db, aheadMs);
    if (rpcUrl) {
      // Last before the commit: what can fail has been tried by now.
      await rpc(rpcUrl, "evm_increaseTime", [Number(seconds)]);
      await rpc(rpcUrl, "evm_mine");
    }
    await db.query("COMMIT");
    return aheadMs;
  } catch (error) {
    await db.query("ROLLBACK");
    throw error;
  }
}

const UNITS = { s: 1n, m: 60n, h: 3_600n, d: 86_400n } as const;

/** Seconds of a duration such as `90s`, `4h` or `1d12h`; null when it is none. */
export function parseTravel(text: string): bigint | null {
  if (!/^(\d{1,9}[smhd])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count = "", unit]) => sum + BigInt(count) * UNITS[unit as keyof typeof UNITS],
    0n,
  );
}
