import "server-only";
import type pg from "pg";
import { getAddress } from "viem";
import { inTransaction } from "@/lib/db/in-transaction";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { logger } from "@/lib/log";
import { enqueueTransaction } from "@/lib/outbox/enqueue-transaction";
import { findOperatorAccount } from "@/lib/outbox/operator-account";
import { passOutbox } from "@/lib/outbox/run-outbox";
import { type ChainPlace, findChainPlace } from "@/lib/rails/chain-place";
import { checkOpening, openingTerms, type SignedOpening } from "@/lib/rails/streampay/relayed-opening";
import { findRelay, type Relay, relayKey } from "./find-relay";

export type RelayOpeningInput = Pick<
  SignedOpening,
  "durationMs" | "deposit" | "salt" | "validAfter" | "validBefore" | "signature"
> & { providerId: string; tier: string; payer: string };

type Tools = {
  db: pg.Pool;
  place: ChainPlace | null;
  relayer: `0x${string}` | null;
  /** One pass of the outbox. */
  pass: () => Promise<unknown>;
};

/**
 * Opens a stream of `StreamPay` for a payer who has signed an authorisation (EIP-3009) and pays no gas: one wallet prompt. All of it is
 * checked before anything is written down; the nonce stands for every term, so sending the same again follows the same opening.
 *
 * @throws ProblemError `provider-not-found`, `unknown-tier`, `self-stream`, `not-available-here`, `invalid-input`, `invalid-signature`,
 * `insufficient-balance`, `unavailable`
 */
export async function relayOpening(
  input: RelayOpeningInput,
  tools: Tools = configuredTools(),
): Promise<Relay> {
  const { db, place, relayer, pass } = tools;
  const streamPay = place?.contracts.streamPay;
  if (!place || !relayer || !streamPay)
    throw new ProblemError("not-available-here", "This installation opens no streams for others.");
  const { chainId } = place.network;
  const opening: SignedOpening = {
    ...input,
    payer: getAddress(input.payer),
    ...(await findOffer(db, input)),
  };
  const terms = openingTerms(place, streamPay, opening);
  const earlier = await findRelay(chainId, terms.nonce, db);
  if (earlier) return earlier;

  const { call, expected } = await checkOpening(place, opening, terms, relayer);
  await inTransaction(db, (tx) =>
    enqueueTransaction(
      tx,
      {
        ...{
          key: relayKey(chainId, terms.nonce),
          kind: "relay-opening",
          to: call.to,
          data: call.data,
          expected,
        },
        // One payer's refusals must not stop the others.
        target: `payer:${input.payer}`,
        maxTries: 2,
        deadlineMs: deadlineOf(input.validBefore),
      },
      { chainId, address: relayer },
    ),
  );
  // The answer says more when the first step is done; the loop does it otherwise.
  await pass().catch((error: unknown) =>
    logger.warn({ error }, "The outbox could not send an opening at once"),
  );
  const relay = await findRelay(chainId, terms.nonce, db);
  if (!relay) throw new Error("A relay that was written down is not there.");
  return relay;
}

function configuredTools(): Tools {
  return {
    db: pool(),
    place: findChainPlace(),
    relayer: findOperatorAccount()?.address ?? null,
    pass: passOutbox,
  };
}

/** @throws ProblemError as the ledger's opening refuses, and `invalid-input` below the time that the provider asks for */
async function findOffer(db: pg.Pool, { providerId, tier, payer, durationMs }: RelayOpeningInput) {
  const { rows } = await db.query({
    text: `select p.owner, provider_tag(p.id)::text as tag, p.deposit_ms, t.rate_amount, t.rate_period_ms
      from provider p left join provider_tier t on t.provider_id = p.id and t.name = $2 where p.id = $1 and p.active`,
    values: [providerId, tier],
  });
  const [row] = rows;
  if (!row) throw new ProblemError("provider-not-found", `Provider ${providerId} not registered`);
  if (row.owner === payer.toLowerCase())
    throw new ProblemError("self-stream", "You own this provider: a stream needs two different ends.");
  if (row.rate_amount === null)
    throw new ProblemError("unknown-tier", `Unknown tier: ${tier}`, { extensions: { tier } });
  const leastMs = BigInt(row.deposit_ms);
  if (durationMs < leastMs)
    throw new ProblemError("invalid-input", `The provider asks for ${leastMs} ms at least.`, {
      extensions: { minimumDurationMs: String(leastMs) },
    });
  return {
    receiver: getAddress(row.owner),
    tag: BigInt(row.tag),
    rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
  };
}

/** Milliseconds that the database's integers hold. */
function deadlineOf(seconds: bigint): bigint {
  const far = 8_000_000_000_000_000n;
  return seconds * 1_000n < far ? seconds * 1_000n : far;
}
