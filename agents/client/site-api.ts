import type { LocalAccount } from "viem";

/** What an operation answers. Amounts are decimal strings of base units, as in the OpenAPI document. */
export type Answer = Record<string, unknown>;

export type SiteApi = {
  /** @param path with its query, such as `/api/v1/wallet`. @throws SiteRefused */
  get: (path: string) => Promise<Answer>;
  /** @param key of the operation: the same again does nothing twice. @throws SiteRefused */
  post: (path: string, body: unknown, key?: string) => Promise<Answer>;
  /** The same, for `PUT` and the like. @throws SiteRefused */
  send: (method: string, path: string, body?: unknown, key?: string) => Promise<Answer>;
};

/** The site has answered, and not with what was asked for. */
export class SiteRefused extends Error {
  override readonly name = "SiteRefused";

  constructor(
    asked: string,
    readonly status: number,
    /** Of its problem document (RFC 9457), such as `wallet/insufficient-balance`; null when it sent none. */
    readonly code: string | null,
    detail: string,
  ) {
    super(`${asked}: ${status} ${detail}`);
  }
}

/**
 * The operations of a Superstream over plain HTTP.
 *
 * @param site without a slash at its end
 * @param options.bearer of a session or an API key; absent: only what is public
 */
export function siteApi(site: string, options: { bearer?: string; fetch?: typeof fetch } = {}): SiteApi {
  const { bearer, fetch: network = fetch } = options;

  async function send(method: string, path: string, body?: unknown, key: string = crypto.randomUUID()) {
    const writes = { "content-type": "application/json", "idempotency-key": key };
    const response = await network(`${site}${path}`, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : writes),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await readAnswer(response);
    if (response.ok) return answer;
    const { code, detail } = answer;
    throw new SiteRefused(
      `${method} ${path}`,
      response.status,
      typeof code === "string" ? code : null,
      typeof detail === "string" ? detail : response.statusText,
    );
  }

  return {
    send,
    get: (path) => send("GET", path),
    post: (path, body, key) => send("POST", path, body, key),
  };
}

/** Signs in with Ethereum (EIP-4361): a nonce, a signature, a session. @returns the operations of who signed. @throws SiteRefused */
export async function signIn(
  site: string,
  account: LocalAccount,
  network: typeof fetch = fetch,
): Promise<SiteApi> {
  const anybody = siteApi(site, { fetch: network });
  const { message } = await anybody.post("/api/v1/auth/nonce", { address: account.address });
  const signature = await account.signMessage({ message: String(message) });
  const { token } = await anybody.post("/api/v1/auth/session", { message, signature });
  return siteApi(site, { bearer: String(token), fetch: network });
}

/** A proxy in between may answer with a page. */
async function readAnswer(response: Response): Promise<Answer> {
  try {
    const answer: unknown = await response.json();
    return typeof answer === "object" && answer !== null && !Array.isArray(answer) ? (answer as Answer) : {};
  } catch {
    return {};
  }
}
