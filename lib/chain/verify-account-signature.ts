import "server-only";
import {
  type Address,
  BaseError,
  ExecutionRevertedError,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  isErc6492Signature,
  parseAbi,
  parseErc6492Signature,
  RpcRequestError,
  recoverAddress,
  universalSignatureValidatorAbi,
  universalSignatureValidatorByteCode,
} from "viem";
import { ProblemError } from "@/lib/errors";
import { canonicalSignature } from "./canonical-signature";
import type { ChainClient } from "./public-client";

/** Longest answer of the chain that a caller waits for: code and verdict together. */
const PATIENCE_MS = 5_000;
/** What a wallet may spend on judging: a P-256 check in Solidity takes 0.4 million. */
const MOST_GAS = 3_000_000n;
/** 3 kB: longer signatures are not looked at. */
const LONGEST_HEX = 2 + 2 * 3_072;
const ACCEPTED = "0x1626ba7e";
const erc1271 = parseAbi(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);

export type AccountSignature = { address: Address; hash: Hex; signature: Hex };
export type AccountSignatureRules = {
  /** How the chain is asked; null without one: then only ordinary keys can sign. */
  client: (() => Promise<ChainClient>) | null;
  /**
   * `key-first`: what an ordinary key signed for its own address needs no chain, as on the ledger, which works without one. `code-first`: an account with code is
   * judged by its code alone, as the contracts on its chain judge it.
   */
  order: "key-first" | "code-first";
  /** Lower-case factories whose wallets may sign before they exist (ERC-6492). None: nobody may. */
  factories: readonly string[];
  /** What the account's code may spend on judging, where somebody pays for that afterwards; default 3 million. */
  mostGas?: bigint;
};

/** An ordinary key; the code at the address; the code that its factory would put there (ERC-6492). */
export type SignedBy = "key" | "code" | "future";

/**
 * Whether the account at `address` signed `hash` (decision 0093). No code there: a key, low s only (EIP-2). Code: ERC-1271 at the latest
 * block, for EIP-7702 accounts too. What a contract says can change with the next block: nothing of it is kept.
 *
 * @throws ProblemError `unavailable` when the chain does not answer: that is never "wrong signature"
 */
export async function verifyAccountSignature(
  asked: AccountSignature,
  rules: AccountSignatureRules,
): Promise<boolean> {
  return (await findSigner(asked, rules)) !== null;
}

/** The same, and what of the account it was that signed: null is nobody. @throws as `verifyAccountSignature` */
export async function findSigner(
  asked: AccountSignature,
  rules: AccountSignatureRules,
): Promise<SignedBy | null> {
  if (asked.signature.length > LONGEST_HEX || asked.signature.length % 2 === 1) return null;
  if (rules.order === "key-first" && (await signedByKey(asked))) return "key";
  if (!rules.client) return (await signedByKey(asked)) ? "key" : null;
  return withinPatience(askChain(asked, rules, rules.client));
}

async function askChain(
  asked: AccountSignature,
  { factories, mostGas = MOST_GAS }: AccountSignatureRules,
  open: () => Promise<ChainClient>,
): Promise<SignedBy | null> {
  const client = await open();
  const code = await client.getCode({ address: asked.address });
  const exists = code !== undefined && code !== "0x";
  const byCode = async (signature: Hex) =>
    (await signedByCode(client, { ...asked, signature }, mostGas)) ? "code" : null;
  if (isErc6492Signature(asked.signature)) {
    const wrapped = readWrapped(asked.signature);
    if (!wrapped) return null;
    // The wallet exists by now: what it says itself counts.
    if (exists) return byCode(wrapped.signature);
    const known = factories.includes(wrapped.factory.toLowerCase());
    return known && (await signedByFuture(client, asked, mostGas)) ? "future" : null;
  }
  if (exists) return byCode(asked.signature);
  return (await signedByKey(asked)) ? "key" : null;
}

/** By an ordinary key. Garbage, or a value out of range: nobody signed it. */
async function signedByKey({ address, hash, signature }: AccountSignature): Promise<boolean> {
  try {
    const canonical = canonicalSignature(signature);
    return (
      canonical !== null && isAddressEqual(await recoverAddress({ hash, signature: canonical }), address)
    );
  } catch {
    return false;
  }
}

async function signedByCode(
  client: ChainClient,
  { address, hash, signature }: AccountSignature,
  gas: bigint,
): Promise<boolean> {
  const data = encodeFunctionData({
    abi: erc1271,
    functionName: "isValidSignature",
    args: [hash, signature],
  });
  // Exactly one word that begins with the magic value: longer data is the fallback of something else.
  const said = await ask(client, { to: address, data, gas });
  return said !== null && said.length === 66 && said.startsWith(ACCEPTED) && /^0+$/.test(said.slice(10));
}

/** Of a wallet that its factory would put at the address: made, asked and forgotten inside one `eth_call`. */
async function signedByFuture(
  client: ChainClient,
  { address, hash, signature }: AccountSignature,
  gas: bigint,
): Promise<boolean> {
  const data = encodeDeployData({
    abi: universalSignatureValidatorAbi,
    bytecode: universalSignatureValidatorByteCode,
    args: [address, hash, signature],
  });
  return (await ask(client, { data, gas })) === "0x01";
}

/** What a call gives; null when the contract refuses it. */
async function ask(client: ChainClient, call: { to?: Address; data: Hex; gas: bigint }): Promise<Hex | null> {
  try {
    return (await client.call(call)).data ?? "0x";
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** The contract's own no, in the words of any node; a node that fails says something else, or nothing. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  if (error.walk((at) => at instanceof ExecutionRevertedError)) return true;
  const told = error.walk((at) => at instanceof RpcRequestError);
  return (
    told instanceof RpcRequestError &&
    (told.code === 3 || /revert|out ?of ?gas|opcode|stack (under|over)flow|invalid jump/i.test(told.details))
  );
}

function readWrapped(signature: Hex): { factory: Address; signature: Hex } | null {
  try {
    const { address, signature: inner } = parseErc6492Signature(signature);
    return address ? { factory: address, signature: inner } : null;
  } catch {
    return null;
  }
}

async function withinPatience<T>(verdict: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      verdict,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("The chain takes too long.")), PATIENCE_MS);
      }),
    ]);
  } catch (cause) {
    throw new ProblemError(
      "unavailable",
      "The chain cannot be asked about the signature now. Try again in a moment.",
      { extensions: { retryAfterSeconds: 2 }, cause },
    );
  } finally {
    clearTimeout(timer);
  }
}
