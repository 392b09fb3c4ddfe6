import type { Address, Hex } from "viem";
import type { AllowanceToSign, ToSign } from "@/lib/rails/allowance";
import type { ChainCall } from "@/lib/rails/chain-call";

/** The transactions that a refusal `stream-on-chain` asks for, in their order; null when it is another refusal. */
export function callsToSign(problem: Record<string, unknown>): ChainCall[] | null {
  const { calls } = problem;
  if (!Array.isArray(calls) || calls.length === 0) return null;
  return calls.map(({ to, data, value, says }: Record<string, unknown>) => {
    if (!isText(to, /^0x[0-9a-fA-F]{40}$/) || !isText(data, /^0x(?:[0-9a-fA-F]{2})*$/) || !isText(says, /./))
      throw new Error("The server asked for a transaction that cannot be read.");
    return { to: to as Address, data: data as Hex, value: BigInt(String(value ?? 0)), says };
  });
}

/** The same, with the signature that can stand for the first of them; null when it is another refusal. */
export function whatToSign(problem: Record<string, unknown>): ToSign | null {
  const calls = callsToSign(problem);
  // Only the wallet reads what is in it, and shows it before it signs.
  return calls && { calls, allowance: (problem.allowance as AllowanceToSign | undefined) ?? null };
}

/** By patterns of our own: viem's would bring its hashing along to every page with a dialog. */
function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}
