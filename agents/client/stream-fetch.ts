/**
 * `fetch` for agents: pays with a stream and keeps the session token, so that every call after the first is one request.
 * Nothing here is needed to pay (the stock client does that); it saves the second request.
 */
import { Mppx } from "mppx/client";
import { type LedgerStreamOptions, ledgerStream } from "./ledger-stream";

export type StreamFetchOptions = LedgerStreamOptions & {
  fetch?: typeof fetch;
  /** Asked for with `Stream-Tier`. Absent: the cheapest. */
  tier?: string;
};

type Session = { token: string; expiresMs: number };

export function streamFetch(options: StreamFetchOptions): typeof fetch {
  const { fetch: network = fetch, tier } = options;
  const mppx = Mppx.create({
    polyfill: false,
    fetch: network,
    methods: [ledgerStream(options)],
  });
  const sessions = new Map<string, Session>();
  const starting = new Map<string, Promise<unknown>>();

  async function send(key: string, input: Request | string | URL, init: RequestInit | undefined) {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    if (tier) headers.set("Stream-Tier", tier);
    const session = sessions.get(key);
    if (session && session.expiresMs > Date.now()) headers.set("Stream-Session", session.token);
    const response = await mppx.fetch(input, { ...init, headers });
    remember(key, response);
    return response;
  }

  function remember(key: string, response: Response): void {
    const token = response.headers.get("Stream-Session");
    const expires = Date.parse(response.headers.get("Stream-Session-Expires") ?? "");
    if (token && Number.isFinite(expires)) sessions.set(key, { token, expiresMs: expires });
    if (response.status === 402) sessions.delete(key);
  }

  return async (input, init) => {
    const key = sessionKey(input, tier);
    // Calls that start together wait for the first: it opens the stream and brings the token for all.
    const first = starting.get(key);
    if (first) await first.catch(() => {});
    if (sessions.has(key) || starting.has(key)) return send(key, input, init);
    const mine = send(key, input, init);
    starting.set(key, mine);
    try {
      return await mine;
    } finally {
      starting.delete(key);
    }
  };
}

/** A session is good for one provider: all paths behind `/api/p/{provider}`; elsewhere for one path. */
function sessionKey(input: Request | string | URL, tier = ""): string {
  const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
  return `${origin}${/^\/api\/p\/[^/]+/.exec(pathname)?.[0] ?? pathname} ${tier}`;
}
