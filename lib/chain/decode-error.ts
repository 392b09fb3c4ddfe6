import { type Abi, decodeErrorResult, type Hex, isHex } from "viem";
import { computeRegistryAbi } from "@/contracts-abi/compute-registry";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { superfluidErrorsAbi } from "@/contracts-abi/superfluid-errors";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { type ErrorFacts, errorSentences } from "./error-sentences";

/**
 * `rejected` by the person in the wallet; `wrong-chain`: the wallet is elsewhere; `no-coin`: gas cannot be paid; `out-of-gas`;
 * `contract`: refused by a contract; `node`: it did not answer, so the outcome is open; `nonce`: another transaction took the
 * place; `unknown`.
 */
export type ChainFailureKind =
  | "rejected"
  | "wrong-chain"
  | "no-coin"
  | "out-of-gas"
  | "contract"
  | "node"
  | "nonce"
  | "unknown";

/** What went wrong, for a person, and the contract's own name for it where there is one. */
export type ChainFailure = { kind: ChainFailureKind; sentence: string; errorName: string | null };

/** Every error that one of our transactions may end in. Functions of the same name in two ABIs do not matter here. */
export const mergedErrors: Abi = [
  ...superfluidErrorsAbi,
  ...streamPayAbi,
  ...computeRegistryAbi,
  ...sessionOperatorAbi,
  ...testUsdcAbi,
].filter(({ type }) => type === "error");

/** What one link of a chain of errors may have; wallets, nodes and viem each fill in other parts of it. */
type Link = { name: string; code: number | undefined; data: unknown; said: string };

/**
 * Puts an error of a wallet, of a node or of viem into words. Never throws, and repeats no address of a node.
 *
 * @param facts symbols and names for the sentence; without them it says "tokens" and "coin"
 */
export function decodeError(error: unknown, facts: ErrorFacts = {}): ChainFailure {
  const links = [...walk(error)];
  const full = {
    token: "tokens",
    underlying: facts.token ?? "tokens",
    coin: "coin",
    chain: "the right network",
  };
  const named = { ...full, ...facts };
  const is = (test: (link: Link) => boolean) => links.some(test);
  const says = (pattern: RegExp) => is(({ said }) => pattern.test(said));

  if (is(({ code, name }) => code === 4001 || code === 5000 || name === "UserRejectedRequestError"))
    return failure("rejected", "You refused it in the wallet, so nothing was sent.");
  if (is(({ code, name }) => code === 4901 || code === 4902 || /ChainMismatch/.test(name)))
    return failure("wrong-chain", `Your wallet is on another network: switch it to ${named.chain}.`);

  const data = revertData(links);
  if (data) return decodeRevert(data, named);
  if (says(/insufficient (funds|MON balance)|exceeds the balance of the account/i))
    return failure("no-coin", `You do not have enough ${named.coin} for gas.`);
  if (says(/out of gas|gas required exceeds|intrinsic gas too low/i))
    return failure("out-of-gas", "There was too little gas. Try again with more.");
  if (says(/nonce too low|replacement transaction underpriced|already (known|imported)/i))
    return failure(
      "nonce",
      "Another transaction of this account took its place. Look at what became of that first.",
    );
  if (
    is(({ name }) =>
      /^(HttpRequest|Timeout|WebSocketRequest|ChainDisconnected|ProviderDisconnected)/.test(name),
    )
  )
    return failure(
      "node",
      "The network does not answer now. It may have been sent all the same: look before you try again.",
    );
  const reason = links.map(
    ({ said }) => /reverted(?: with reason string)?[:,]? "?([\x20-\x7e]{3,120}?)"?$/m.exec(said)?.[1],
  );
  const first = reason.find(Boolean);
  if (first) return failure("contract", `The contract refused it: ${first}.`);
  if (says(/execution reverted/i)) return failure("contract", "The contract refused it and gave no reason.");
  return failure("unknown", "It did not work, and the wallet gave no reason that we know.");
}

/**
 * Why a transaction failed that is in a block: its receipt does not say, but one that ran out of gas has used all of it.
 *
 * @param gas what was used and what was sent along
 */
export function describeFailedReceipt(gas: { used: bigint; limit: bigint }): ChainFailure {
  // A call passes on 63/64 of its gas, so what runs out inside leaves a little. EIP-150.
  if (gas.used * 64n >= gas.limit * 63n)
    return failure("out-of-gas", "It ran out of gas, which is spent. Try again with more.");
  return failure(
    "contract",
    "The contract refused it in the block that took it. The gas is spent, nothing else happened.",
  );
}

/** What became of a transaction whose place another one took, by viem's `ReplacementReason`. */
export function describeReplacement(reason: "repriced" | "cancelled" | "replaced"): string {
  if (reason === "repriced") return "You sent it again with another gas price: that one counts.";
  if (reason === "cancelled") return "You cancelled it in the wallet: nothing happened.";
  return "Another transaction of your wallet took its place: this one did not happen.";
}

function decodeRevert(data: Hex, facts: Required<ErrorFacts>): ChainFailure {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: mergedErrors, data });
    if (errorName === "Error") return failure("contract", sentenceOfReason(String(args[0]), facts), "Error");
    if (errorName === "Panic")
      return failure("contract", "The contract stopped at a fault of its own. Nothing happened.", "Panic");
    const sentence = Object.hasOwn(errorSentences, errorName) ? errorSentences[errorName] : undefined;
    const text = typeof sentence === "function" ? sentence(facts, args) : sentence;
    return failure("contract", text ?? `The contract refused it (${errorName}).`, errorName);
  } catch {
    return failure(
      "contract",
      `The contract refused it for a reason that we do not know (${data.slice(0, 10)}).`,
    );
  }
}

/** Older tokens, USDC among them, and Superfluid's host give their reason as text. */
function sentenceOfReason(reason: string, { underlying }: Required<ErrorFacts>): string {
  // Superfluid's host puts what it called into text. 0x11 is an overflow.
  if (/target panicked: 0x11$/.test(reason)) return "A number in it is larger than the contract can hold.";
  if (/target panicked/.test(reason)) return "The contract stopped at a fault of its own. Nothing happened.";
  if (/exceeds balance/i.test(reason)) return `You do not have enough ${underlying}.`;
  if (/exceeds allowance/i.test(reason)) return `You have not allowed that much ${underlying} to be taken.`;
  if (/blacklisted|blocklisted/i.test(reason))
    return `The issuer of ${underlying} has blocked one of the accounts.`;
  if (/paused/i.test(reason)) return `${underlying} is paused by its issuer.`;
  return `The contract refused it: ${reason.replace(/[^\x20-\x7e]/g, "").slice(0, 120)}.`;
}

/** The innermost bytes that a contract gave back. Wallets wrap them in `data`, and some in `data.data` or `originalError`. */
function revertData(links: readonly Link[]): Hex | null {
  const found = links.flatMap(({ data }) => (isHex(data) && data.length >= 10 ? [data] : []));
  return found.at(-1) ?? null;
}

function* walk(error: unknown, depth = 0): Generator<Link> {
  if (typeof error !== "object" || error === null || depth > 12) return;
  const {
    name,
    code,
    data,
    raw,
    message,
    shortMessage,
    details,
    cause,
    originalError,
    error: inner,
  } = error as Record<string, unknown>;
  yield {
    name: typeof name === "string" ? name : "",
    code: typeof code === "number" ? code : undefined,
    data: raw ?? data,
    said: [shortMessage ?? message, details].filter((part) => typeof part === "string").join("\n"),
  };
  for (const next of [data, originalError, inner, cause]) yield* walk(next, depth + 1);
}

function failure(kind: ChainFailureKind, sentence: string, errorName: string | null = null): ChainFailure {
  return { kind, sentence, errorName };
}
