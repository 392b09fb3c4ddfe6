import "server-only";
import { type Address, getAddress } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { SuperfluidContracts } from "@/lib/chain/network";
import { ProblemError } from "@/lib/errors";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { balanceKey, readBalances } from "./read-balances";
import { revokeOperatorCall, revokeSessionCall } from "./session-calls";
import { superTokenPlace } from "./super-token";
import { unwrapCall, wrapAmount, wrapCalls } from "./superfluid-calls";

/** `amount`: base units of the super token. */
export type WalletChange =
  | { kind: "wrap" | "unwrap"; amount: bigint }
  | { kind: "revoke-session"; id: bigint }
  | { kind: "revoke-operator"; operator: Address };

/**
 * What an account signs to change what it holds, or what others may do with its flows.
 *
 * @throws ProblemError `insufficient-balance`, `not-available-here`
 */
export async function planWalletChange(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  { account, change }: { account: string; change: WalletChange },
): Promise<ChainCall[]> {
  const at = superTokenPlace(place, contracts, null);
  const owner = getAddress(account);
  if (change.kind === "revoke-operator") return [revokeOperatorCall(at, change.operator)];
  if (change.kind === "revoke-session") {
    const { sessionOperator } = place.contracts;
    if (!sessionOperator)
      throw new ProblemError("not-available-here", "There are no sessions on this network.");
    return [revokeSessionCall(sessionOperator, { id: change.id, stopFlows: true })];
  }
  const client = await place.client();
  if (change.kind === "unwrap") {
    const of = { token: at.token.address, account: owner.toLowerCase() };
    const available = (await readBalances(client, [of])).get(balanceKey(of))?.available ?? 0n;
    if (change.amount > available) throw tooMuch(at.token.symbol);
    return [unwrapCall(at, change.amount)];
  }
  const { underlying } = at;
  if (!underlying) throw new Error(`${at.token.symbol} wraps no token.`); // superTokenPlace offers none.
  const token = { address: underlying.address, abi: testUsdcAbi } as const;
  const [has, allowance] = await Promise.all([
    client.readContract({ ...token, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...token, functionName: "allowance", args: [owner, at.token.address] }),
  ]);
  const amount = wrapAmount(at, change.amount);
  if (amount > has * 10n ** BigInt(at.token.decimals - underlying.decimals)) throw tooMuch(underlying.symbol);
  return wrapCalls(at, owner, { amount, allowance });
}

function tooMuch(symbol: string): ProblemError {
  return new ProblemError("insufficient-balance", `Your wallet has less ${symbol} than that.`);
}
