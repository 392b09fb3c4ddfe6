import "server-only";
import type { Address } from "viem";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { SuperfluidContracts } from "@/lib/chain/network";
import { flowRatePerSecond } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { permitTypedData } from "../erc20-calls";
import { openingGas } from "../opening-gas";
import type { RailQuote, RailTerms } from "../rail";
import { checkPermit, readSigning } from "../read-signing";
import { TYPICAL_GAS } from "../typical-gas";
import type { Flow } from "./flow-plans";
import { missingFor, runwayAfter } from "./fund-plan";
import { balanceKey, readBalances } from "./read-balances";
import { type KnownFlow, readFlow } from "./read-flow";
import { superTokenPlace } from "./super-token";
import { openCalls, type SuperfluidPlace, underlyingAmount, wrapAmount } from "./superfluid-calls";

/** CFA counts rates and buffers in an int96, and a buffer is at least an hour of flow. */
const MOST_PER_SECOND = ((1n << 95n) - 1n) / 14_400n;

/** What Superfluid asks for to stream a price, and what a payer signs so that its balance lasts for a time. */
export async function quoteFlow(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  terms: RailTerms,
): Promise<RailQuote> {
  const { network } = place;
  const client = await place.client();
  const { assetId, ...at } = superTokenPlace(place, contracts, terms.asset);
  const plan = { tag: terms.tag, rate: wholePerSecond(terms) };
  const payer = terms.payer && (await readPayer(place, at, terms.payer, terms.receiver));
  const known = payer?.known ?? nobodysFlow(terms.receiver);
  const had = known.flow.table.find(({ tag }) => tag === plan.tag)?.rate ?? 0n;
  const more = plan.rate - had;
  const buffer = await client.readContract({
    address: at.cfaForwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "getBufferAmountByFlowrate",
    args: [at.token.address, known.flow.rate + more],
  });
  const locked = buffer > known.deposit ? buffer - known.deposit : 0n;
  const wrap = payer
    ? wrapOf(at, terms, missingFor(payer.before, { more, locked, durationMs: terms.durationMs }))
    : 0n;
  const value = underlyingAmount(at, wrap);
  if (terms.permit)
    await checkPermit(
      payer?.permit ?? null,
      { owner: known.flow.sender, spender: at.token.address },
      terms.permit,
    );
  const calls = openCalls(at, known.flow, plan, {
    amount: wrap,
    allowance: payer?.allowance ?? 0n,
    permit: terms.permit ?? undefined,
  });
  const gas = await openingGas(
    client,
    network,
    terms.payer,
    calls.map((call) => typicalOf(at, call, known.flow)),
  );
  const lacks = payer && value > payer.underlying ? value - payer.underlying : 0n;
  const permit =
    payer?.permit && !terms.permit && payer.allowance < value && lacks === 0n ? payer.permit : null;
  const { symbol, decimals } = at.token;
  return {
    rail: "superfluid",
    chain: { chainId: network.chainId, contract: at.cfaForwarder },
    asset: { id: assetId, symbol, decimals },
    rate: { amount: plan.rate, periodMs: 1_000n },
    deposit: locked,
    runwayMs: payer ? runwayAfter(payer.before, { more, locked, wrapped: wrap }) : terms.durationMs,
    gas: { asset: network.coin, amount: gas },
    balances: payer && { token: payer.before.available, underlying: payer.underlying, coin: payer.coin },
    wrap,
    missing:
      lacks > 0n && at.underlying
        ? { asset: { symbol: at.underlying.symbol, decimals: at.underlying.decimals }, amount: lacks }
        : null,
    opening: {
      kind: "transactions",
      authorization: null,
      calls: payer && lacks === 0n ? calls : [],
      permit:
        permit &&
        permitTypedData(permit.domain, {
          ...{ owner: known.flow.sender, spender: at.token.address, value },
          ...{ nonce: permit.nonce, deadline: permit.deadline },
        }),
    },
  };
}

/** A flow is whole base units a second: the price rounded down to that, and no less than one. The market asks no more. */
function wholePerSecond({ rate }: RailTerms): bigint {
  const floored = flowRatePerSecond(rate);
  if (floored > MOST_PER_SECOND)
    throw new ProblemError("invalid-input", "The price is faster than Superfluid counts.");
  return floored > 0n ? floored : 1n;
}

/** A signed permit says itself how much is wrapped: since it was quoted, a balance that streams has moved on. */
function wrapOf(at: SuperfluidPlace, { permit }: RailTerms, missing: bigint): bigint {
  if (!permit) return wrapAmount(at, missing);
  return permit.value * 10n ** BigInt(at.token.decimals - (at.underlying ?? at.token).decimals);
}

async function readPayer(place: ChainPlace, at: SuperfluidPlace, owner: Address, receiver: Address) {
  const client = await place.client();
  const underlying = at.underlying?.address;
  if (!underlying) throw new Error(`${at.token.symbol} wraps no token.`); // superTokenPlace offers none.
  const account = { token: at.token.address, account: owner };
  const of = { address: underlying, abi: testUsdcAbi } as const;
  const [known, balances, has, allowance, coin, { permit }] = await Promise.all([
    readFlow(place, { ...at, token: at.token.address, sender: owner, receiver }),
    readBalances(client, [account]),
    client.readContract({ ...of, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...of, functionName: "allowance", args: [owner, at.token.address] }),
    client.getBalance({ address: owner }),
    readSigning(client, { token: underlying, owner }),
  ]);
  const before = balances.get(balanceKey(account));
  if (!before) throw new Error("A balance that was asked for is there.");
  return { known, before, underlying: has, allowance, coin, permit };
}

/** Stands for a payer who is not known, to have a call to count the gas of. */
function nobodysFlow(receiver: Address): KnownFlow {
  const sender = "0x0000000000000000000000000000000000000001";
  return { flow: { sender, receiver, rate: 0n, table: [] }, deposit: 0n, lives: [] };
}

function typicalOf(at: SuperfluidPlace, call: ChainCall, flow: Flow) {
  if (call.to === at.host) return { call, typical: TYPICAL_GAS.wrapAndFlow };
  if (call.to !== at.cfaForwarder) return { call, typical: TYPICAL_GAS.approve };
  return { call, typical: flow.rate === 0n ? TYPICAL_GAS.createFlow : TYPICAL_GAS.updateFlow };
}
