import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { pool } from "@/lib/db/pool";
import { within } from "./within";

/** How far the mirror of the chain is, and whether it is what the chain says. */
export type ChainStatus = {
  network: string;
  chainId: number;
  /** The last block that is in the index, and the last that the chain has; null before the first look. */
  indexedBlock: number | null;
  headBlock: number | null;
  /** Since the index last had all of the chain; over 15 s no call on a stream of the chain is authorised. */
  ageMs: number | null;
  /** Why the index cannot go on now. */
  trouble: string | null;
  /** Streams on the chain that were compared with it, and those of them that differ. */
  compared: number;
  differing: number;
  /** What contracts hold for streams, base units, and what the books say is in escrow. */
  assets: { symbol: string; decimals: number; held: bigint; owed: bigint }[];
  /** What the server's account held at that block, base units, and what backs credit that payments have bought. */
  backing: { symbol: string; decimals: number; held: bigint; owed: bigint; blockNumber: number }[];
};

const SQL = `
  select k.number, k.head_number, nullif(k.checked_ms, 0) as checked_ms, k.error, clock_ms() as now_ms,
    (select count(*) from chain_check c join chain_stream s using (stream_id) where s.chain_id = $1) as compared,
    (select count(*) from chain_check c join chain_stream s using (stream_id) where s.chain_id = $1 and c.faults <> '[]') as differing,
    (select coalesce(jsonb_agg(jsonb_build_object('symbol', a.symbol, 'decimals', a.decimals, 'held', c.held::text, 'owed', c.owed::text) order by a.symbol), '[]')
       from chain_asset_check c join asset a on a.id = c.asset where a.chain_id = $1) as assets,
    (select coalesce(jsonb_agg(jsonb_build_object('symbol', a.symbol, 'decimals', a.decimals, 'held', c.held::text, 'owed', c.owed::text,
         'blockNumber', c.block_number) order by a.symbol), '[]')
       from chain_backing_check c join asset a on a.id = c.asset where a.chain_id = $1) as backing
  from (select $1::bigint as id) i left join chain_cursor k on k.chain_id = i.id`;

type Row = Record<"number" | "head_number" | "checked_ms" | "error", string | null> &
  Record<"now_ms" | "compared" | "differing", string> & {
    assets: { symbol: string; decimals: number; held: string; owed: string }[];
    backing: { symbol: string; decimals: number; held: string; owed: string; blockNumber: number }[];
  };

/**
 * @param patienceMs longest wait for the database
 * @returns null when this installation has no chain
 * @throws Error when the database does not answer in time
 */
export async function readChainStatus(patienceMs: number): Promise<ChainStatus | null> {
  const configured = findConfiguredNetwork();
  if (!configured) return null;
  const { name, chainId } = configured.network;
  const [row] = (await within(patienceMs, pool().query<Row>(SQL, [chainId]))).rows;
  if (!row) throw new Error("The chain's status is one row.");
  return {
    network: name,
    chainId,
    indexedBlock: row.number === null ? null : Number(row.number),
    headBlock: row.head_number === null ? null : Number(row.head_number),
    ageMs: row.checked_ms === null ? null : Math.max(0, Number(row.now_ms) - Number(row.checked_ms)),
    trouble: row.error,
    compared: Number(row.compared),
    differing: Number(row.differing),
    assets: row.assets.map(inUnits),
    backing: row.backing.map(inUnits),
  };
}

function inUnits<T extends { held: string; owed: string }>({ held, owed, ...asset }: T) {
  return { ...asset, held: BigInt(held), owed: BigInt(owed) };
}
