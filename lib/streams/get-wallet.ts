import "server-only";
import { getAddress } from "viem";
import { pool, type Queryable } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";

/** What an address has on the ledger, in base units. */
export type WalletView = {
  address: string;
  asset: Asset;
  balance: bigint;
  /** Locked in streams of the ledger that are not settled, of which part has already flowed. */
  inStreams: bigint;
};

/** The wallet of an address; one that was never used reads as empty. */
export async function getWallet(
  { address }: { address: string },
  db: Queryable = pool(),
): Promise<WalletView> {
  const { rows } = await db.query<{ balance: string; in_streams: string }>({
    text: `select coalesce((select balance from account where id = 'wallet:' || $1), 0) as balance,
      coalesce((select sum(funded - billed - refunded) from stream where sender = $1 and rail = 'ledger' and status not in ('settled', 'failed')), 0) as in_streams`,
    values: [address.toLowerCase()],
  });
  return {
    address: getAddress(address),
    asset: LEDGER_ASSET,
    balance: BigInt(rows[0]?.balance ?? 0),
    inStreams: BigInt(rows[0]?.in_streams ?? 0),
  };
}
