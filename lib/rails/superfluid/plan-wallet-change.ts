import "server-only";
import { type Address, getAddress } from "viem";
import type { SuperfluidContracts } from "@/lib/chain/network";
import { ProblemError } from "@/lib/errors";
import type { SignedAllowance, ToSign } from "../allowance";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { planWrap } from "./plan-wrap";
import { balanceKey, readBalances } from "./read-balances";
import { revokeOperatorCall, revokeSessionCall } from "./session-calls";
import { superTokenPlace } from "./super-token";
import { unwrapCall } from "./superfluid-calls";

/** `amount`: base units of the super token. `signed`: the permit that an earlier answer for the same amount asked for. */
export type WalletChange =
  | { kind: "wrap"; amount: bigint; signed?: SignedAllowance | undefined }
  | { kind: "unwrap"; amount: bigint }
  | { kind: "revoke-session"; id: bigint }
  | { kind: "revoke-operator"; operator: Address };

/**
 * What an account signs to change what it holds, or what others may do with its flows.
 *
 * @throws ProblemError `insufficient-balance`, `not-available-here`, `invalid-signature` (of the permit)
 */
export async function planWalletChange(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  { account, change }: { account: string; change: WalletChange },
): Promise<ToSign> {
  const at = superTokenPlace(place, contracts, null);
  const owner = getAddress(account);
  switch (change.kind) {
    case "wrap":
      return planWrap(place, at, { ...change, owner });
    case "unwrap": {
      const of = { token: at.token.address, account: owner.toLowerCase() };
      const available = (await readBalances(await place.client(), [of])).get(balanceKey(of))?.available ?? 0n;
      if (change.amount > available)
        throw new ProblemError("insufficient-balance", `Your wallet has less ${at.token.symbol} than that.`);
      return one(unwrapCall(at, change.amount));
    }
    case "revoke-operator":
      return one(revokeOperatorCall(at, change.operator));
    case "revoke-session": {
      const { sessionOperator } = place.contracts;
      if (!sessionOperator)
        throw new ProblemError("not-available-here", "There are no sessions on this network.");
      return one(revokeSessionCall(sessionOperator, { id: change.id, stopFlows: true }));
    }
  }
}

function one(call: ChainCall): ToSign {
  return { calls: [call], allowance: null };
}
