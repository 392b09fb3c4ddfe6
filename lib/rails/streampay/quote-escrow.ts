import "server-only";
import { randomBytes } from "node:crypto";
import type { Address, Hex } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainClient } from "@/lib/chain/public-client";
import { timeFor } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import { type DollarToken, dollarTokens } from "../chain-assets";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { permitTypedData } from "../erc20-calls";
import { openingGas } from "../opening-gas";
import type { RailQuote, RailTerms } from "../rail";
import { checkPermit, readSigning } from "../read-signing";
import { TYPICAL_GAS } from "../typical-gas";
import { escrowDeposit } from "./escrow-deposit";
import { authorizationTypedData, createNonce } from "./streampay-authorization";
import { createCalls, createWithPermitCall } from "./streampay-calls";
import type { EscrowTerms, StreamPayPlace } from "./token-stream";

/** The most that the contract counts. */
const MOST = (1n << 128n) - 1n;

/** What `StreamPay` asks for to pay a price for a time, and what a payer signs for it. */
export async function quoteEscrow(
  place: ChainPlace,
  streamPay: Address,
  terms: RailTerms,
): Promise<RailQuote> {
  const { network } = place;
  const client = await place.client();
  const token = tokenOf(place, terms.asset);
  const { amount, durationSeconds } = escrowDeposit(terms.rate, terms.durationMs, token.worth);
  if (amount > MOST) throw new ProblemError("invalid-input", "The deposit is more than the contract counts.");
  const at = { streamPay, token: callToken(token) };
  const escrow: EscrowTerms = { recipient: terms.receiver, amount, durationSeconds, tag: terms.tag };
  const payer = terms.payer ? await readPayer(client, token, streamPay, terms.payer) : null;
  const calls = await openingCalls(terms, payer, { at, escrow });
  const gas = await openingGas(
    client,
    network,
    terms.payer,
    calls.map((call) => ({
      call,
      typical: call.to === streamPay ? TYPICAL_GAS.createEscrow : TYPICAL_GAS.approve,
    })),
  );
  const rate = { amount, periodMs: durationSeconds * 1_000n };
  const lacks = payer && amount > payer.token ? amount - payer.token : 0n;
  const asset = { id: token.id, symbol: token.symbol, decimals: token.decimals };
  const permit = payer && payer.allowance < amount && lacks === 0n && !terms.permit ? payer.permit : null;
  const owner = terms.payer;
  return {
    rail: "streampay",
    chain: { chainId: network.chainId, contract: streamPay },
    asset,
    rate,
    deposit: amount,
    runwayMs: timeFor(rate, amount),
    gas: { asset: network.coin, amount: gas },
    balances: payer && { token: payer.token, underlying: null, coin: payer.coin },
    wrap: 0n,
    missing: lacks > 0n ? { asset, amount: lacks } : null,
    opening: {
      kind: "transactions",
      calls: payer && lacks === 0n ? calls : [],
      permit:
        permit && owner
          ? permitTypedData(permit.domain, {
              ...{ owner, spender: streamPay, value: amount },
              ...{ nonce: permit.nonce, deadline: permit.deadline },
            })
          : null,
      authorization:
        payer?.authorization && owner && lacks === 0n
          ? authorizationOf(payer.authorization, { at, escrow, owner, chainId: network.chainId })
          : null,
    },
  };
}

/** What the payer signs instead of sending anything: whoever sends it can change no term of it. */
function authorizationOf(
  { domain, validBefore }: NonNullable<Payer["authorization"]>,
  {
    at,
    escrow,
    owner,
    chainId,
  }: { at: StreamPayPlace; escrow: EscrowTerms; owner: Address; chainId: number },
) {
  const salt: Hex = `0x${randomBytes(32).toString("hex")}`;
  const nonce = createNonce(at, escrow, { chainId, sender: owner, salt });
  const terms = { from: owner, to: at.streamPay, value: escrow.amount, validAfter: 0n, validBefore, nonce };
  return { salt, typedData: authorizationTypedData(domain, terms) };
}

type Payer = Awaited<ReturnType<typeof readPayer>>;

async function openingCalls(
  { payer: owner, permit }: RailTerms,
  payer: Payer | null,
  { at, escrow }: { at: StreamPayPlace; escrow: EscrowTerms },
): Promise<ChainCall[]> {
  if (!permit) return createCalls(at, escrow, { allowance: payer?.allowance ?? 0n });
  if (!owner || !payer)
    throw new ProblemError("invalid-input", "A permit is somebody's: give the payer who signed it.");
  if (permit.value !== escrow.amount)
    throw new ProblemError(
      "invalid-input",
      `The permit is for ${permit.value} base units, and the deposit is ${escrow.amount}: sign a new one.`,
    );
  await checkPermit(payer.permit, { owner, spender: at.streamPay }, permit);
  return [createWithPermitCall(at, escrow, permit)];
}

async function readPayer(client: ChainClient, { address }: DollarToken, spender: Address, owner: Address) {
  const of = { address: address as Address, abi: testUsdcAbi } as const;
  const [token, allowance, coin, signing] = await Promise.all([
    client.readContract({ ...of, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...of, functionName: "allowance", args: [owner, spender] }),
    client.getBalance({ address: owner }),
    readSigning(client, { token: of.address, owner }),
  ]);
  return { token, allowance, coin, ...signing };
}

/** What is paid in: what a super token of dollars wraps, because that is what wallets have, unless another token is asked for. */
function tokenOf({ network }: ChainPlace, asset: string | null): DollarToken {
  const tokens = dollarTokens(network);
  const found = asset
    ? tokens.find(({ id }) => id === asset.toLowerCase())
    : (tokens.find(({ address }) => isUnderlying(network, address)) ?? tokens[0]);
  if (found) return found;
  throw new ProblemError(
    asset ? "invalid-input" : "not-available-here",
    asset
      ? "No price is paid in that token on this chain."
      : `${network.name} has no token that a price is paid in.`,
    { extensions: { assets: tokens.map(({ id }) => id) } },
  );
}

function isUnderlying({ superTokens }: ChainPlace["network"], address: string): boolean {
  return superTokens.some(({ underlying }) => underlying?.address.toLowerCase() === address);
}

function callToken({ address, symbol, decimals }: { address: string; symbol: string; decimals: number }) {
  return { address: address as Address, symbol, decimals };
}
