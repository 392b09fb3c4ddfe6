import "server-only";
import { type LookupAddress, type LookupOptions, lookup as resolve } from "node:dns";
import { isIP } from "node:net";
import { Agent, type Dispatcher, type Response, fetch as undiciFetch } from "undici";
import { ProblemError } from "@/lib/errors";
import { isPublicAddress } from "./public-address";

const CONNECT_TIMEOUT_MS = 3_000;
const HEADERS_TIMEOUT_MS = 20_000;
/** Longest pause inside a body. */
const BODY_TIMEOUT_MS = 60_000;

export type SafeFetchInit = {
  method: string;
  headers: Record<string, string>;
  body?: Uint8Array | undefined;
  signal?: AbortSignal;
  /** Private upstreams that the operator allows, exactly `host:port`. They may speak plain http. */
  allow: readonly string[];
};

/**
 * The only way out to an address that a provider chose. Public https on port 443, or exactly an allowed `host:port`.
 * The address is checked as written and again as resolved, on the connection that is dialled (so a second DNS
 * answer cannot slip in); redirects are not followed; no proxy of the environment is used.
 *
 * @throws ProblemError `upstream-refused` for an address that is not allowed, or a redirect;
 *   `upstream-timeout`; `upstream-failed` for anything else that the network does
 */
export async function safeFetch(address: string, init: SafeFetchInit): Promise<Response> {
  const { url, dispatcher } = checkAddress(address, init.allow);
  const response = await send(url, dispatcher, init);
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw refused("The provider answered with a redirect.");
  }
  return response;
}

/** @throws ProblemError `upstream-refused` */
export function checkAddress(
  address: string,
  allow: readonly string[],
): { url: URL; dispatcher: Dispatcher } {
  if (!URL.canParse(address)) throw refused("The provider's address is not a URL.");
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused("The address is not http.");
  if (url.username || url.password) throw refused("The address holds a user name.");

  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (allow.includes(`${url.hostname}:${port}`)) return { url, dispatcher: privateAgent };

  if (url.protocol !== "https:") throw refused("The address is not https.");
  if (port !== "443") throw refused("The address uses a port other than 443.");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // An IP literal is dialled without a lookup, so the lookup below would never see it.
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw refused("The address is not public.");
  if (isIP(host) === 0 && !host.includes(".")) throw refused("The address is not public.");
  return { url, dispatcher: publicAgent };
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
type Resolve = (
  host: string,
  options: { all: true } & LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A DNS lookup that fails unless every address is public. Exported so that tests can give it a lying resolver. */
export function publicLookup(resolver: Resolve) {
  return (host: string, options: LookupOptions, callback: LookupCallback): void => {
    resolver(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error) return callback(error, []);
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(Object.assign(new Error(`${host} is not public`), { code: BLOCKED }), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

const BLOCKED = "SUPERSTREAM_BLOCKED";
const limits = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: BODY_TIMEOUT_MS };
const publicAgent = new Agent({
  ...limits,
  connect: { lookup: publicLookup(resolve), timeout: CONNECT_TIMEOUT_MS },
});
const privateAgent = new Agent({ ...limits, connect: { timeout: CONNECT_TIMEOUT_MS } });

async function send(url: URL, dispatcher: Dispatcher, init: SafeFetchInit): Promise<Response> {
  try {
    return await undiciFetch(url, {
      method: init.method,
      headers: init.headers,
      body: init.body ?? null,
      redirect: "manual",
      dispatcher,
      ...(init.signal ? { signal: init.signal } : {}),
    });
  } catch (error) {
    throw networkProblem(error);
  }
}

/** What went wrong on the way to the provider, without telling the caller how our network looks. */
export function networkProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const codes = errorCodes(error);
  if (codes.includes(BLOCKED)) return refused("The address is not public.", error);
  if (codes.some((code) => /TIMEOUT|TimeoutError|AbortError/i.test(code)))
    return new ProblemError("upstream-timeout", "The provider took too long. Nothing was charged.", {
      cause: error,
    });
  return new ProblemError("upstream-failed", "The provider did not answer. Nothing was charged.", {
    cause: error,
  });
}

function errorCodes(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    codes.push(at.name, "code" in at ? String(at.code) : "");
  return codes;
}

function refused(detail: string, cause?: unknown): ProblemError {
  return new ProblemError("upstream-refused", `${detail} Nothing was charged.`, { cause });
}
