import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import type { LedgerFunction } from "@/lib/ledger/call-ledger";
import type { SignedAllowance, ToSign } from "@/lib/rails/allowance";
import type { Rail, RailChange } from "@/lib/rails/rail";
import { railFor } from "@/lib/rails/rail-for";
import { streamOnChain } from "@/lib/rails/stream-on-chain";

type Asked = {
  name: LedgerFunction;
  streamId: string;
  actor: string;
  members: Record<string, unknown>;
  signed?: SignedAllowance | undefined;
};

const NO_CHAIN = new Set<string>(["not-available-here", "not-configured"]);

/**
 * The refusal of a money function for a stream on a chain, with the calls that do there what was asked. Anything else passes unchanged.
 *
 * @param asked the function, the stream, its party, what the party asked for, and the allowance that it has signed for it
 */
export async function withCallsToSign(error: unknown, asked: Asked, db: Queryable): Promise<unknown> {
  if (!(error instanceof ProblemError) || error.code !== "stream-on-chain") return error;
  const { streamId } = asked;
  const { rows } = await db.query<{ rail: string; chain_id: string }>({
    text: "select s.rail, c.chain_id from stream s join chain_stream c on c.stream_id = s.id where s.id = $1",
    values: [streamId],
  });
  const [stream] = rows;
  if (!stream) return error;
  try {
    const toSign = await toSignOf(railFor(stream.rail), asked, db);
    return streamOnChain({ streamId, rail: stream.rail, chainId: Number(stream.chain_id) }, toSign, error);
  } catch (trouble) {
    // Its chain is not here: what was refused stays refused.
    return trouble instanceof ProblemError && NO_CHAIN.has(trouble.code) ? error : trouble;
  }
}

async function toSignOf(rail: Rail, asked: Asked, db: Queryable): Promise<ToSign> {
  const { name, streamId, actor } = asked;
  if (name === "close_stream")
    return { calls: await rail.closeAll({ streamIds: [streamId], actor }), allowance: null };
  const change = await changeOf(asked, db);
  return change ? rail.change({ streamId, actor, change }) : { calls: [], allowance: null };
}

async function changeOf(
  { name, streamId, members: { amount, tier }, signed }: Asked,
  db: Queryable,
): Promise<RailChange | null> {
  if (name === "collect_stream") return { kind: "collect" };
  if (name === "top_up_stream" && typeof amount === "bigint") return { kind: "top-up", amount, signed };
  if (name !== "change_stream_tier") return null;
  const { rows } = await db.query<{ rate_amount: string; rate_period_ms: string }>({
    text: `select t.rate_amount, t.rate_period_ms from provider_tier t join stream s on s.provider_id = t.provider_id
      where s.id = $1 and t.name = $2`,
    values: [streamId, tier],
  });
  const [price] = rows;
  if (!price)
    throw new ProblemError("unknown-tier", `Unknown tier: ${String(tier)}`, { extensions: { tier } });
  return {
    kind: "rate",
    rate: { amount: BigInt(price.rate_amount), periodMs: BigInt(price.rate_period_ms) },
  };
}
