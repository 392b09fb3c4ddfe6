import { getAddress, type Hex } from "viem";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { PaymentWays } from "@/lib/mpp/payment-ways";
import { paths } from "@/lib/paths";

/**
 * How this site can be paid, as its documents for agents list it: protocol, method and intent; where the money is; in what, with its
 * decimals; and what to ask before. What this installation does not take is not in it.
 */
export function paymentMethods(ways: PaymentWays) {
  const { chain, charge } = ways;
  return [
    {
      protocol: "mpp" as const,
      method: "ledger" as const,
      intent: "stream" as const,
      asset: LEDGER_ASSET,
      open: paths.api.streams,
    },
    ...(chain ? onChain(chain, ways.relays) : []),
    ...(charge ? singlePayments(charge) : []),
  ];
}

export type PaymentMethod = ReturnType<typeof paymentMethods>[number];

function onChain({ network, terms }: NonNullable<PaymentWays["chain"]>, relays: boolean) {
  const place = {
    network: `eip155:${network.chainId}`,
    network_name: network.name,
    confirmations: network.confirmations,
  };
  const stream = { protocol: "mpp" as const, intent: "stream" as const };
  const plans = { plan: paths.api.planStream, plan_close: paths.api.planClose };
  const { superfluid, streampay, host } = terms;
  return [
    ...(superfluid
      ? [
          {
            ...{ ...stream, method: "superfluid" as const, ...place },
            contract: getAddress(superfluid.agreement),
            ...(host ? { host: getAddress(host) } : {}),
            asset: describeToken(superfluid.token),
            ...plans,
          },
        ]
      : []),
    ...(streampay
      ? [
          {
            ...{ ...stream, method: "streampay" as const, ...place },
            contract: getAddress(streampay.agreement),
            asset: describeToken(streampay.token),
            ...plans,
            ...(relays ? { relay: paths.api.relayOpening } : {}),
          },
        ]
      : []),
  ];
}

/** One payment, told twice: to clients of MPP and to those of x402. */
function singlePayments(charge: NonNullable<PaymentWays["charge"]>) {
  const { chainId, asset, payTo, name, version } = charge;
  const payment = {
    network: `eip155:${chainId}`,
    asset: describeToken(asset),
    pay_to: payTo,
    /** Of the domain in which the authorisation (EIP-3009) is signed. */
    eip712: { name, version },
  };
  return [
    { protocol: "mpp" as const, method: "evm" as const, intent: "charge" as const, ...payment },
    { protocol: "x402" as const, x402_version: 2, scheme: "exact" as const, ...payment },
  ];
}

function describeToken({ id, symbol, decimals, address }: NonNullable<PaymentWays["charge"]>["asset"]) {
  return { id, address: getAddress(address as Hex), symbol, decimals };
}
