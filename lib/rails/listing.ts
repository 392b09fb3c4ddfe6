import "server-only";
import { z } from "zod";
import type { Queryable } from "@/lib/db/pool";
import type { Rate } from "@/lib/domain/rate";

/** What a provider asks for its tiers, in the ledger's dollar. */
export type Listing = { providerId: string; tag: bigint; tiers: readonly TierPrice[] };
export type TierPrice = { name: string; rate: Rate };

const storedTiers = z.array(
  z.object({
    name: z.string(),
    amount: z.string().transform(BigInt),
    periodMs: z.string().transform(BigInt),
  }),
);

/** What an address sells now, the oldest listing first. */
export async function findListings(db: Queryable, owner: string): Promise<Listing[]> {
  const { rows } = await db.query<{ id: string; tag: string; tiers: unknown }>({
    text: `select p.id, provider_tag(p.id)::text as tag,
        jsonb_agg(jsonb_build_object('name', t.name, 'amount', t.rate_amount::text, 'periodMs', t.rate_period_ms::text)) as tiers
      from provider p join provider_tier t on t.provider_id = p.id where p.owner = $1
      group by p.id order by p.created_at, p.id`,
    values: [owner],
  });
  return rows.map(({ id, tag, tiers }) => ({ providerId: id, tag: BigInt(tag), tiers: tierPrices(tiers) }));
}

/** The prices that streams were opened at, by subject, the oldest first: those whose subject is `prefix` or begins with it and a colon. */
export async function findStoredTerms(
  db: Queryable,
  chainId: number,
  prefix: string,
): Promise<Map<string, { providerId: string; tiers: readonly TierPrice[]; openedTx: string }>> {
  const { rows } = await db.query<{
    subject: string;
    provider_id: string;
    terms: unknown;
    opened_tx: string;
  }>({
    text: `select c.subject, s.provider_id, c.terms, c.opened_tx from chain_stream c join stream s on s.id = c.stream_id
      where c.chain_id = $1 and (c.subject = $2 or (c.subject >= $2 || ':' and c.subject < $2 || ';'))
      order by s.opened_ms, c.subject`,
    values: [chainId, prefix],
  });
  return new Map(
    rows.map(({ subject, provider_id, terms, opened_tx }) => [
      subject,
      { providerId: provider_id, tiers: tierPrices(terms), openedTx: opened_tx },
    ]),
  );
}

function tierPrices(stored: unknown): TierPrice[] {
  return storedTiers
    .parse(stored)
    .map(({ name, amount, periodMs }) => ({ name, rate: { amount, periodMs } }));
}

/** As `mirror_stream` stores them. */
export function termsOf(tiers: readonly TierPrice[]) {
  return tiers.map(({ name, rate }) => ({ name, amount: `${rate.amount}`, periodMs: `${rate.periodMs}` }));
}
