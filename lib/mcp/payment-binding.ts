import { Challenge, Credential } from "mppx";
import { RPC_CODES, RpcError } from "./rpc-error";

/** Where the payment binding has its parts (draft-payment-transport-mcp-00). */
export const CREDENTIAL_META = "org.paymentauth/credential";
export const RECEIPT_META = "org.paymentauth/receipt";
/** Ours: what pays the next calls without a challenge. Under `_meta`, so that no model reads it. */
export const SESSION_META = "superstream/stream-session";

/**
 * The credential of a call as the header that the door reads.
 *
 * @returns undefined when none was sent
 * @throws RpcError -32602 when it is none
 */
export function credentialHeader(meta: Record<string, unknown>): string | undefined {
  const given = meta[CREDENTIAL_META];
  if (given === undefined) return undefined;
  try {
    const header = Credential.serialize(given as Credential.Credential);
    Credential.deserialize(header);
    return header;
  } catch {
    throw new RpcError(RPC_CODES.invalidParams, `_meta["${CREDENTIAL_META}"] is no payment credential.`);
  }
}

/** @throws RpcError -32602 */
export function sessionHeader(meta: Record<string, unknown>): string | undefined {
  const given = meta[SESSION_META];
  if (given === undefined) return undefined;
  const token = typeof given === "object" && given !== null && "token" in given ? given.token : given;
  if (typeof token === "string" && /^[\x21-\x7e]{1,128}$/.test(token)) return token;
  throw new RpcError(RPC_CODES.invalidParams, `_meta["${SESSION_META}"] is no session token.`);
}

/** A 402 of the door with challenges, as the error that stands for it; null for one that says to wait. */
export async function paymentError(response: Response, credentialShown: boolean): Promise<RpcError | null> {
  if (response.status !== 402 || !response.headers.has("www-authenticate")) return null;
  const problem = (await response.clone().json()) as { code: string; detail: string };
  return new RpcError(rpcCode(problem.code, credentialShown), problem.detail, {
    httpStatus: 402,
    challenges: Challenge.fromResponseList(response),
    problem,
  });
}

/** Refusals of the credential itself; with any other one, paying (more, or elsewhere) is what helps. */
const CREDENTIAL_REFUSED = new Set([
  ...["verification-failed", "invalid-challenge", "payment-expired", "payment-insufficient"],
  "stream/delegation-invalid",
]);

function rpcCode(code: string, credentialShown: boolean) {
  if (code === "malformed-credential" || code === "invalid-payload") return RPC_CODES.invalidParams;
  return credentialShown && CREDENTIAL_REFUSED.has(code)
    ? RPC_CODES.paymentFailed
    : RPC_CODES.paymentRequired;
}

/** The receipt of a paid answer, as it was signed; undefined when the answer has none. */
export function receiptOf(response: Response): unknown {
  const header = response.headers.get("payment-receipt");
  return header === null ? undefined : JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
}
