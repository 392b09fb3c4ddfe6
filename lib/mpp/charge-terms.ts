import { formatUnits } from "viem";
import { divCeil } from "@/lib/domain/amount";
import { requiredDeposit } from "@/lib/domain/deposit";
import type { ChargeToken } from "./charge-token";
import type { Door, DoorService, DoorTier } from "./door-types";

/** What one payment has to be. `amount`: base units of the token. */
export type ChargeTerms = { token: ChargeToken; amount: bigint; description: string };

/**
 * One payment buys the deposit that a stream at this tier needs, and the price of this call: it is served at once, and so are all
 * calls until the deposit has flowed. Rounded up to the token's base unit; what is left over comes back when the stream is closed.
 */
export function chargeTerms(
  door: Door,
  service: DoorService,
  tier: DoorTier,
  token: ChargeToken,
): ChargeTerms {
  const dollars = requiredDeposit(tier.rate, door.provider.depositMs) + service.pricePerCall;
  const amount = divCeil(dollars, token.asset.worth);
  const sum = formatUnits(amount, token.asset.decimals);
  return {
    token,
    amount,
    description: `${sum} ${token.asset.symbol} as credit for ${door.provider.id}, tier ${tier.name}`,
  };
}
