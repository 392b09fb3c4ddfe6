import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { findChainPlace } from "@/lib/rails/chain-place";

/** An opening that the server sends for somebody. `relayId`: the nonce of the authorisation. */
export type Relay = {
  relayId: string;
  chainId: number;
  state: "pending" | "signed" | "submitted" | "confirmed" | "final" | "failed";
  /** The transaction that counts, or the last one that was sent. */
  transaction: string | null;
  /** Our stream, once the index has seen it. */
  streamId: string | null;
  error: { code: string; sentence: string } | null;
};

export function relayKey(chainId: number, nonce: string): string {
  return `relay:${chainId}:${nonce.toLowerCase()}`;
}

type Row = {
  state: Relay["state"];
  hash: string | null;
  stream_id: string | null;
  error_code: string | null;
  error: string | null;
};

/** @returns null when there is no such opening */
export async function findRelay(
  chainId: number,
  nonce: string,
  db: Queryable = pool(),
): Promise<Relay | null> {
  const { rows } = await db.query<Row>({
    text: `select i.state, i.error_code, i.error, h.hash, s.stream_id from chain_intent i
      left join lateral (select coalesce(i.tx_hash, (select hash from chain_attempt where intent_id = i.id order by seq desc limit 1)) as hash) h on true
      left join lateral (select stream_id from chain_stream where chain_id = i.chain_id and opened_tx = h.hash limit 1) s on true
      where i.intent_key = $1`,
    values: [relayKey(chainId, nonce)],
  });
  const [row] = rows;
  if (!row) return null;
  const { state, hash, stream_id: streamId, error_code: code, error } = row;
  return {
    ...{ relayId: nonce.toLowerCase(), chainId, state, transaction: hash, streamId },
    error: code === null ? null : { code, sentence: error ?? "It did not work." },
  };
}

/** @throws ProblemError `stream-not-found` */
export async function getRelay(nonce: string): Promise<Relay> {
  const place = findChainPlace();
  const relay = place && (await findRelay(place.network.chainId, nonce));
  if (!relay) throw new ProblemError("stream-not-found", "No stream is being opened under that id.");
  return relay;
}
