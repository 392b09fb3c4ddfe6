import "server-only";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { CompleteSIWxInfo } from "@x402/extensions/sign-in-with-x";
import { type Address, type Hex, hashMessage } from "viem";
import { ProblemError } from "@/lib/errors";
import { accountSigner } from "./account-signer";
import { deriveKey, type Secrets } from "./derive-keys";
import type { DoorChain } from "./door-chain";

/** How long a nonce can be signed and sent. */
const TTL_MS = 300_000;
const CLAIM_MARGIN_MS = 60_000n;

export type SiwxProof = { payer: string; claim: { kind: "siwx"; id: string; expiresMs: bigint } };

/**
 * Sign-In-With-X (x402 v2 extension, CAIP-122): a signed SIWE text instead of a payment. Who signs is let in when a
 * stream of theirs is open.
 *
 * A nonce is ours when its second half is an HMAC over the first, the resource and the expiry, so nothing is stored before it is
 * used; using it once is the ledger's claim. It binds method-less URL and chain, not the body: that is all the stock
 * client signs. Keys sign, and smart accounts (decision 0093).
 *
 * @param options.chain null: then only keys can sign
 */
export function createSignInWithX(options: {
  origin: string;
  chainId: number;
  secrets: Secrets;
  chain: Pick<DoorChain, "client" | "factories"> | null;
  now?: () => number;
}) {
  const { origin, chainId, chain, now = Date.now } = options;
  const network = `eip155:${chainId}`;
  const [newest, ...older] = options.secrets;
  const currentKey = deriveKey(newest, "nonce");
  const keys = [currentKey, ...older.map((secret) => deriveKey(secret, "nonce"))];

  const rules = {
    client: chain?.client ?? null,
    order: "key-first",
    factories: chain?.factories ?? [],
  } as const;

  /** The extension of a `PAYMENT-REQUIRED` header. */
  function declare(resource: string) {
    const issuedAt = new Date(now());
    const expirationTime = new Date(issuedAt.getTime() + TTL_MS).toISOString();
    const info = {
      domain: new URL(origin).host,
      uri: resource,
      version: "1",
      nonce: newNonce(currentKey, resource, expirationTime),
      issuedAt: issuedAt.toISOString(),
      expirationTime,
      statement: "Prove that you send the stream that pays for this call.",
      resources: [resource],
    };
    return { info, supportedChains: [{ chainId: network, type: "eip191" }], schema: { type: "object" } };
  }

  /**
   * @param header the `SIGN-IN-WITH-X` value
   * @param resource the URL that is being called
   * @throws ProblemError `malformed-request` when it is not such a header; `stream/verification-unavailable` while the chain cannot be
   *   asked about a signature that is not by a key
   * @returns null when it is one but does not hold: the caller gets a fresh 402
   */
  async function verify(header: string, resource: string): Promise<SiwxProof | null> {
    // Loaded on use: it brings SIWE and Solana code that most calls never need.
    const { createSIWxMessage, parseSIWxHeader, validateSIWxMessage } = await import(
      "@x402/extensions/sign-in-with-x"
    );
    const message = parse(() => parseSIWxHeader(header));
    const { chainId: chain, type, uri, nonce, expirationTime } = message;
    if (chain !== network || type !== "eip191" || uri !== resource || !expirationTime) return null;
    if (!keys.some((key) => isOurs(key, nonce, resource, expirationTime))) return null;

    const fields = await validateSIWxMessage(message, new URL(origin), { maxAge: TTL_MS });
    if (!fields.isValid || !/^0x(?:[0-9a-fA-F]{2})+$/.test(message.signature)) return null;
    const text = textOf(() => createSIWxMessage(message as CompleteSIWxInfo, message.address));
    if (text === null) return null;
    const signed = {
      ...{ address: message.address as Address, signature: message.signature as Hex },
      hash: hashMessage(text),
    };
    if (!(await accountSigner(signed, rules))) return null;
    const expiresMs = BigInt(Date.parse(expirationTime)) + CLAIM_MARGIN_MS;
    return { payer: signed.address.toLowerCase(), claim: { kind: "siwx", id: nonce, expiresMs } };
  }

  return { declare, verify, network };
}

export type SignInWithX = ReturnType<typeof createSignInWithX>;

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ProblemError("malformed-request", "The SIGN-IN-WITH-X header cannot be read.", { cause });
  }
}

/** Null for what cannot be written as a SIWE text, such as another version, or an address that is none. */
function textOf(write: () => string): string | null {
  try {
    return write();
  } catch {
    return null;
  }
}

/** 32 hex characters at random, then 32 of the HMAC: SIWE allows letters and digits only. */
function newNonce(key: Uint8Array, resource: string, expires: string): string {
  const random = randomBytes(16).toString("hex");
  return random + mac(key, random, resource, expires);
}

function isOurs(key: Uint8Array, nonce: string, resource: string, expires: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(nonce)) return false;
  const expected = mac(key, nonce.slice(0, 32), resource, expires);
  return timingSafeEqual(Buffer.from(nonce.slice(32)), Buffer.from(expected));
}

function mac(key: Uint8Array, random: string, resource: string, expires: string): string {
  return createHmac("sha256", key).update(`${random}\0${resource}\0${expires}`).digest("hex").slice(0, 32);
}
