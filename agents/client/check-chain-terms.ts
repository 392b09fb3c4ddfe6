import { type Address, isAddressEqual } from "viem";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { findNetwork } from "@/lib/chain/networks";
import { amountOver, flowRatePerSecond, PERIODS_MS, rate } from "@/lib/domain/rate";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import { providerTag } from "@/lib/mpp/provider-tag";
import type { StreamPayPlace } from "@/lib/rails/streampay/token-stream";
import type { SuperfluidPlace } from "@/lib/rails/superfluid/superfluid-calls";
import { checkPayee, PaymentRefused, type SpendingCaps } from "./spending-caps";

/** What an agent takes for granted about its chain: never from a challenge. */
export type TrustedChain = {
  chainId: number;
  /** `StreamPay` there; on the devnet it is known. */
  streamPay?: Address;
};

/** Base units of the ledger's dollar (18 decimals), in which caps are, that one of the token is worth. */
export function worthOf({ methodDetails }: ChainRequest): bigint {
  return 10n ** BigInt(18 - methodDetails.decimals);
}

/**
 * @returns where the stream would be opened, from the table of chains
 * @throws PaymentRefused when the terms contradict themselves, name a contract or token that the table does not, or break a cap. Nothing has been signed then.
 */
export function checkChainTerms(
  request: ChainRequest,
  realm: string,
  caps: SpendingCaps,
  trusted: TrustedChain,
): { superfluid: SuperfluidPlace | null; streampay: StreamPayPlace | null } {
  const { methodDetails } = request;
  if (methodDetails.chainId !== trusted.chainId)
    throw wrong(`Asked to pay on chain ${methodDetails.chainId}, not on ${trusted.chainId}.`);
  const network = findNetwork(trusted.chainId);
  if (!network) throw wrong(`Chain ${trusted.chainId} is not in the table.`);

  const currency = request.currency as Address;
  const wrapper = network.superTokens.find(({ address }) => isAddressEqual(address, currency));
  const underlying = network.superTokens
    .map((token) => token.underlying)
    .find((token) => token && isAddressEqual(token.address, currency));
  const token = wrapper ?? underlying;
  if (!token || token.symbol !== methodDetails.token || token.decimals !== methodDetails.decimals)
    throw wrong(`Asked to pay in ${methodDetails.token} at ${currency}, which is not that token.`);
  if (!/^f?USDCx?$/.test(token.symbol)) throw wrong(`${token.symbol} is no dollar: caps are in dollars.`);
  if (BigInt(methodDetails.tag) !== providerTag(methodDetails.plan))
    throw wrong("The tag is another provider's.");

  const flow = rate(BigInt(methodDetails.rate.amount), BigInt(methodDetails.rate.periodSeconds) * 1000n);
  const perSecond = flowRatePerSecond(flow);
  if (BigInt(request.amount) !== (perSecond > 0n ? perSecond : 1n))
    throw wrong("The price per second is not the price per period.");
  if (amountOver(flow, PERIODS_MS.day, "ceil") * worthOf(request) > caps.maxRatePerDay)
    throw new PaymentRefused("rate-too-high", "The flow is faster than the cap per day.");
  checkPayee(request.recipient, realm, caps);

  const agreement = methodDetails.agreement as Address;
  if (methodDetails.model === "escrow-v1") {
    const streamPay = trusted.streamPay ?? (trusted.chainId === DEVNET.chainId ? DEVNET.streamPay : null);
    if (!streamPay || !isAddressEqual(streamPay, agreement)) throw wrong(`${agreement} is not StreamPay.`);
    return { superfluid: null, streampay: { streamPay, token } };
  }
  const { superfluid } = network;
  if (!superfluid || !wrapper || !isAddressEqual(superfluid.cfaForwarder, agreement))
    throw wrong(`${agreement} is not Superfluid's forwarder, or ${token.symbol} no super token.`);
  const { host, cfa, cfaForwarder } = superfluid;
  return {
    superfluid: { host, cfa, cfaForwarder, token: wrapper, underlying: wrapper.underlying },
    streampay: null,
  };
}

function wrong(message: string): PaymentRefused {
  return new PaymentRefused("wrong-terms", message);
}
