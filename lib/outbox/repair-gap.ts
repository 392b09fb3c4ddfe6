import "server-only";
import { capPrice, gasPrice } from "@/lib/chain/gas";
import { inTransaction } from "@/lib/db/in-transaction";
import { type Lane, laneAddress } from "./lane";
import { GAP_KIND } from "./settle-receipt";
import { signAttempt } from "./sign-attempt";
import type { ChainNonces } from "./signer";

const CANCEL_GAS_MAX = 2_000_000n;

/**
 * Looks after the number that the chain waits for when nobody else does: every later transaction waits behind it.
 *
 * Had an ended intent the number, its block is gone (a reorganisation deeper than what we rely on): it is taken up again, with the same
 * bytes. Had nothing the number, it is used up by sending nothing to ourselves.
 *
 * @returns the number that was looked after, null when there was none
 */
export async function repairGap(lane: Lane, { latest }: ChainNonces): Promise<number | null> {
  const { db, network, client, limits, account } = lane;
  const where = [network.chainId, laneAddress(lane)];
  const { rows } = await db.query<{ next_nonce: string; state: string | null; id: string | null }>(
    `select s.next_nonce, i.state, i.id from chain_signer s
     left join chain_intent i on i.chain_id = s.chain_id and i.signer = s.address and i.nonce = $3
     where s.chain_id = $1 and s.address = $2`,
    [...where, latest],
  );
  const found = rows[0];
  if (!found || latest >= Number(found.next_nonce)) return null;
  if (found.state === "final" || found.state === "failed") {
    await db.query(
      `update chain_intent set state = 'submitted', version = version + 1, due_ms = clock_ms(), sent_ms = 0, ended_ms = null,
         error_code = null, error = null, tx_hash = null
       where id = $1 and state = $2 and exists (select 1 from chain_attempt where intent_id = id and nonce = $3)`,
      [found.id, found.state, latest],
    );
    return latest;
  }
  if (found.state !== null) return null;

  const price = capPrice(await gasPrice(client), limits.maxFee);
  if (!price) return null;
  return inTransaction(db, async (tx) => {
    await tx.query("select 1 from chain_signer where chain_id = $1 and address = $2 for update", where);
    const to = account.address.toLowerCase() as `0x${string}`;
    const { rows: filled } = await tx.query<{ id: string }>(
      `insert into chain_intent (intent_key, kind, chain_id, signer, to_address, data, value, target, max_tries, created_ms, due_ms, state, nonce, gas_limit, cost, signed_ms)
       select $4, $5, $1, $2, $2, '0x', 0, $2, 1, clock_ms(), clock_ms(), 'signed', $3, $6, $7, clock_ms()
       where not exists (select 1 from chain_intent where chain_id = $1 and signer = $2 and nonce = $3)
       on conflict (intent_key) do update set state = 'signed', nonce = $3, due_ms = clock_ms(), ended_ms = null, error_code = null returning id`,
      [
        ...[...where, latest, `gap:${network.chainId}:${to}:${latest}`, GAP_KIND],
        ...[CANCEL_GAS_MAX.toString(), (21_000n * price.max).toString()],
      ],
    );
    const id = filled[0]?.id;
    if (!id) return null;
    const { rows: seqs } = await tx.query<{ seq: number }>(
      "select count(*)::int as seq from chain_attempt where intent_id = $1",
      [id],
    );
    const seq = seqs[0]?.seq ?? 0;
    const fees = { maxFee: price.max, tip: price.tip };
    await signAttempt(
      tx,
      lane,
      { id, to, data: "0x", value: 0n },
      { ...fees, seq, nonce: latest, gas: CANCEL_GAS_MAX, purpose: "cancel" },
    );
    return latest;
  });
}
