import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import { Refusal } from "./refusal";

/** Whom the door lets in, and how long that stream pays from now on. */
export type Grant = { requestId: string; streamId: string; payer: string; runwayMs: number };

/** What a grant has to be for: method, path with query as it was asked for, RFC 9530 digest of the body. */
export type GrantedRequest = { method: string; path: string; digest: string };

const claims = z.object({
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
  method: z.string(),
  path: z.string(),
  digest: z.string(),
  payer: z.string(),
  stream: z.string(),
  runwayMs: z.number(),
});

/**
 * Checks `Stream-Grant`, by which the marketplace's door proves that a call is paid: signed by one of its keys, for this provider and
 * for exactly this request, fresh, and used once.
 *
 * Used ones are kept in memory until they run out. What was issued before this program started is refused, so that none is good for a
 * second answer after a restart; the door has that call back unserved and free.
 *
 * @param options.keys of the marketplace's `/.well-known/jwks.json`
 * @param options.marketNowMs the marketplace's clock, which stamps grants
 * @param options.startedMs by that clock
 */
export function grantChecker(options: {
  keys: JWTVerifyGetKey;
  issuer: string;
  providerId: string;
  startedMs: number;
  marketNowMs: () => number;
}) {
  const { keys, issuer, providerId, startedMs, marketNowMs } = options;
  const used = new Map<string, number>();

  /** @throws Refusal `grant-invalid`; `marketplace-unavailable` while its keys cannot be read */
  return async function check(header: string, request: GrantedRequest): Promise<Grant> {
    const granted = claims.safeParse(await verified(header));
    if (!granted.success) throw invalid("it says too little");
    const { jti, iat, exp, method, path, digest, payer, stream, runwayMs } = granted.data;
    if (method !== request.method || path !== request.path || digest !== request.digest)
      throw invalid("it is for another request");
    if (iat * 1_000 < startedMs) throw invalid("it is older than this program");
    forget();
    if (used.has(jti)) throw invalid("it was used before");
    used.set(jti, exp * 1_000);
    return { requestId: jti, streamId: stream, payer, runwayMs };
  };

  async function verified(header: string): Promise<unknown> {
    try {
      const { payload } = await jwtVerify(header, keys, {
        ...{ issuer, audience: providerId, typ: "stream-grant+jwt", algorithms: ["EdDSA"] },
        currentDate: new Date(marketNowMs()),
        clockTolerance: 5,
        requiredClaims: ["exp", "iat", "jti"],
      });
      return payload;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw invalid("it has run out");
      if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError))
        throw new Refusal("marketplace-unavailable", "The marketplace's keys cannot be read now.", { cause });
      throw invalid("the marketplace did not issue it for this provider");
    }
  }

  /** Grants run out in the order in which they came, but for a second or two. */
  function forget(): void {
    const nowMs = marketNowMs() - 10_000; // Longer than the tolerance above.
    for (const [jti, untilMs] of used) {
      if (untilMs > nowMs) return;
      used.delete(jti);
    }
  }
}

function invalid(why: string): Refusal {
  return new Refusal("grant-invalid", `The Stream-Grant does not hold: ${why}.`);
}
