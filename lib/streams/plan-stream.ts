import "server-only";
import { type Address, getAddress, parseUnits } from "viem";
import { pool, type Queryable } from "@/lib/db/pool";
import { divCeil } from "@/lib/domain/amount";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import { amountOver, flowRatePerSecond, PERIODS_MS, type Rate } from "@/lib/domain/rate";
import { shortestWorthMs } from "@/lib/domain/shortest-worth";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { formatDuration } from "@/lib/format";
import type { PermitOf, Rail, RailId, RailQuote } from "@/lib/rails/rail";
import { railFor } from "@/lib/rails/rail-for";

export type PlanStreamInput = {
  providerId: string;
  tier: string;
  rail: RailId;
  /** How long the money shall last. */
  durationMs: bigint;
  /** Without one there are prices, and no balances and no calls. */
  payer?: string | undefined;
  /** What the caller takes the chain and the token to be: refused when they are not. */
  chainId?: number | undefined;
  asset?: string | undefined;
  decimals?: number | undefined;
  permit?: PermitOf | undefined;
};

/** What a stream would cost on one rail, and what to sign for it. Amounts in base units of what they stand beside. */
export type StreamPlan = Pick<
  RailQuote,
  "rail" | "asset" | "rate" | "deposit" | "runwayMs" | "balances" | "wrap"
> & {
  provider: { id: string; name: string; receiver: Address };
  tier: string;
  chainId: number | null;
  contract: Address | null;
  flowRatePerSecond: bigint;
  costPerDay: bigint;
  /** How long it has to run until gas is below 5 % of what it moves; null while the coin's worth is not known. */
  shortestWorthMs: bigint | null;
  /** `dollars`: base units of the ledger's dollar; null while the coin's worth is not known. */
  gas: { amount: bigint; symbol: string; decimals: number; dollars: bigint | null } | null;
  missing: { amount: bigint; symbol: string; decimals: number } | null;
  /** How often the wallet asks; null while that is not known, without a payer or without enough money. */
  prompts: number | null;
  calls: readonly { to: Address; data: string; value: bigint; says: string }[];
  permit: Transactions["permit"];
  /** On StreamPay: signed by the payer, it opens the stream whoever sends it, such as `POST /api/v1/streams/relay`. */
  authorization: Transactions["authorization"];
  /** What happens when the money is spent, a sentence. */
  atEnd: string;
};

type Transactions = Extract<RailQuote["opening"], { kind: "transactions" }>;

/**
 * What opening a stream would ask of its sender on one rail, in one look. Moves nothing and stores nothing.
 *
 * @throws ProblemError `provider-not-found`, `unknown-tier`, `self-stream`, `not-available-here` (no such rail in this installation), `invalid-input`
 * (another chain, token or number of decimals than here), `invalid-signature` (of a permit), `unavailable` (the chain is behind or silent)
 */
export async function planStream(
  input: PlanStreamInput,
  {
    db = pool(),
    rail = railFor,
    coinDollars = env.COIN_DOLLARS,
  }: { db?: Queryable; rail?: (id: string) => Rail; coinDollars?: string | undefined } = {},
): Promise<StreamPlan> {
  const offer = await findOffer(db, input);
  const quote = await rail(input.rail).quote({
    receiver: offer.receiver,
    tag: offer.tag,
    rate: offer.rate,
    durationMs: input.durationMs,
    leastMs: offer.depositMs,
    payer: input.payer === undefined ? null : getAddress(input.payer),
    asset: input.asset ?? null,
    permit: input.permit ?? null,
  });
  checkBeliefs(input, quote);
  const { chain, opening, gas, missing, rate } = quote;
  const onChain =
    opening.kind === "transactions" ? opening : { calls: [], permit: null, authorization: null };
  const dollars = gas && coinDollars !== undefined ? worthOf(gas, coinDollars) : null;
  return {
    rail: quote.rail,
    provider: { id: input.providerId, name: offer.name, receiver: offer.receiver },
    tier: input.tier,
    chainId: chain?.chainId ?? null,
    contract: chain?.contract ?? null,
    asset: quote.asset,
    rate,
    flowRatePerSecond: flowRatePerSecond(rate),
    deposit: quote.deposit,
    costPerDay: amountOver(rate, PERIODS_MS.day, "ceil"),
    runwayMs: quote.runwayMs,
    shortestWorthMs: shortestWorthMs(offer.rate, gas ? dollars : 0n),
    gas: gas && { ...counted(gas), dollars },
    balances: quote.balances,
    wrap: quote.wrap,
    missing: missing && counted(missing),
    // A permit takes the place of the approval that comes first without it: as many prompts, one transaction less.
    prompts: opening.kind === "request" ? 0 : onChain.calls.length || null,
    calls: onChain.calls,
    permit: onChain.permit,
    authorization: onChain.authorization,
    atEnd: sayEnd(quote, offer),
  };
}

/** Base units of the ledger's dollar, rounded up. @param price of one whole coin, in dollars */
function worthOf({ amount, asset }: { amount: bigint; asset: Asset }, price: string): bigint {
  return divCeil(amount * parseUnits(price, LEDGER_ASSET.decimals), 10n ** BigInt(asset.decimals));
}

function counted({ amount, asset: { symbol, decimals } }: { amount: bigint; asset: Asset }) {
  return { amount, symbol, decimals };
}

type Offer = { name: string; receiver: Address; tag: bigint; rate: Rate; depositMs: bigint; graceMs: bigint };

/** @throws ProblemError as `open_stream` of the ledger refuses */
async function findOffer(db: Queryable, { providerId, tier, payer }: PlanStreamInput): Promise<Offer> {
  const { rows } = await db.query({
    text: `select p.name, p.owner, provider_tag(p.id)::text as tag, p.deposit_ms, p.grace_ms, t.rate_amount, t.rate_period_ms
      from provider p left join provider_tier t on t.provider_id = p.id and t.name = $2 where p.id = $1 and p.active`,
    values: [providerId, tier],
  });
  const [row] = rows;
  if (!row) throw new ProblemError("provider-not-found", `Provider ${providerId} not registered`);
  if (row.owner === payer?.toLowerCase())
    throw new ProblemError("self-stream", "You own this provider: a stream needs two different ends.");
  if (row.rate_amount === null)
    throw new ProblemError("unknown-tier", `Unknown tier: ${tier}`, { extensions: { tier } });
  return {
    name: row.name,
    receiver: getAddress(row.owner),
    tag: BigInt(row.tag),
    rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
    depositMs: BigInt(row.deposit_ms),
    graceMs: BigInt(row.grace_ms),
  };
}

/** A caller who means another chain, token or number of decimals would sign for something else than it thinks. */
function checkBeliefs({ chainId, asset, decimals }: PlanStreamInput, { chain, asset: of }: RailQuote): void {
  if (chainId !== undefined && chainId !== (chain?.chainId ?? null))
    throw new ProblemError(
      "invalid-input",
      chain ? `This rail is on chain ${chain.chainId}, not ${chainId}.` : "The ledger is on no chain.",
      { extensions: { chainId: chain?.chainId ?? null } },
    );
  if (asset !== undefined && asset.toLowerCase() !== of.id.toLowerCase())
    throw new ProblemError("invalid-input", `This rail is paid in ${of.id}.`, {
      extensions: { asset: of.id },
    });
  if (decimals !== undefined && decimals !== of.decimals)
    throw new ProblemError(
      "invalid-input",
      `${of.symbol} has ${of.decimals} decimals here, not ${decimals}.`,
      {
        extensions: { decimals: of.decimals },
      },
    );
}

function sayEnd({ rail, runwayMs }: RailQuote, { graceMs }: Offer): string {
  switch (rail) {
    case "ledger":
      return `When the deposit is spent, calls are refused; a top-up within ${formatDuration(graceMs)} lets it go on. Closing it earlier gives the rest back.`;
    case "streampay":
      return `After ${formatDuration(runwayMs ?? 0n)} the deposit is earned and calls are refused; top it up before. Closing it earlier gives the rest back.`;
    case "superfluid":
      return "It runs until you close it, and the buffer then comes back. If your balance is spent first, calls are refused and others may close it and keep the buffer.";
  }
}
