import "server-only";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { ProblemError } from "@/lib/errors";
import { deriveKey, type Secrets } from "./derive-keys";

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
 * client signs.
 */
export function createSignInWithX(options: {
  origin: string;
  chainId: number;
  secrets: Secrets;
  now?: () => number;
}) {
  const { origin, chainId, now = Date.now } = options;
  const network = `eip155:${chainId}`;
  const [newest, ...older] = options.secrets;
  const currentKey = deriveKey(newest, "nonce");
  const keys = [currentKey, ...older.map((secret) => deriveKey(secret, "nonce"))];

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
   * @throws ProblemError `malformed-request` when it is not such a header
   * @returns null when it is one but does not hold: the caller gets a fresh 402
   */
  async function verify(header: string, resource: string): Promise<SiwxProof | null> {
    // Loaded on use: it brings SIWE and Solana code that most calls never need.
    const { parseSIWxHeader, validateSIWxMessage, verifySIWxSignature } = await import(
      "@x402/extensions/sign-in-with-x"
    );
    const message = parse(() => parseSIWxHeader(header));
    const { chainId: chain, type, uri, nonce, expirationTime } = message;
    if (chain !== network || type !== "eip191" || uri !== resource || !expirationTime) return null;
    if (!keys.some((key) => isOurs(key, nonce, resource, expirationTime))) return null;

    const fields = await validateSIWxMessage(message, new URL(origin), { maxAge: TTL_MS });
    if (!fields.isValid || !/^0x[0-9a-fA-F]{130}$/.test(message.signature)) return null;
    // It throws for what cannot be written as a SIWE text, such as another version.
    const signature = await verifySIWxSignature(message).catch(() => null);
    if (!signature?.isValid || !signature.payer) return null;
    const expiresMs = BigInt(Date.parse(expirationTime)) + CLAIM_MARGIN_MS;
    return { payer: signature.payer.toLowerCase(), claim: { kind: "siwx", id: nonce, expiresMs } };
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
