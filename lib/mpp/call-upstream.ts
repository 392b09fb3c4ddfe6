import "server-only";
import type { Response as UpstreamResponse } from "undici";
import { ProblemError } from "@/lib/errors";
import type { Authorised } from "@/lib/streams/authorize-request";
import { networkProblem, safeFetch } from "./safe-fetch";

/** Largest answer that is held, in bytes: its digest stands in the receipt, so it has to be whole first. */
export const ANSWER_MAX = 1024 * 1024;
/** Longest that one answer may take in all. */
const TOTAL_TIMEOUT_MS = 30_000;

/** What a provider may learn of a request. Everything else (cookies, credentials, addresses) stays here. */
const FORWARDED = ["accept", "accept-language", "content-type"];
/** What a caller gets of a provider's headers. No cookies, receipts, challenges, CORS or caching of theirs. */
const RETURNED = ["content-type", "content-language", "content-disposition"];
/** Matters between the door and the provider: passed on, they would look like the door asking for payment. */
const OURS_TO_SETTLE = [401, 402, 407];

export type UpstreamCall = {
  providerId: string;
  endpoint: string;
  path: string;
  search: string;
  method: string;
  headers: Headers;
  body: Uint8Array;
  decision: Authorised;
  /** The proof of that for the provider, of the path and query that it is asked for. */
  grant: (path: string) => string;
  allow: readonly string[];
};

export type UpstreamAnswer =
  | { kind: "whole"; status: number; headers: Record<string, string>; body: Uint8Array }
  | {
      kind: "events";
      status: number;
      headers: Record<string, string>;
      body: AsyncIterable<Uint8Array>;
      stop: () => void;
    };

/**
 * Sends an authorised call on to its provider.
 *
 * @throws ProblemError `upstream-failed` (network, 5xx, too large, not authenticated), `upstream-timeout`, `upstream-refused`
 */
export async function callUpstream(call: UpstreamCall): Promise<UpstreamAnswer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new DOMException("", "TimeoutError")), TOTAL_TIMEOUT_MS);
  try {
    const url = upstreamUrl(call);
    const response = await safeFetch(url.href, {
      method: call.method,
      headers: requestHeaders(call, url),
      body: call.body.byteLength > 0 ? call.body : undefined,
      signal: abort.signal,
      allow: call.allow,
    });
    const { status } = response;
    if (status >= 500 || OURS_TO_SETTLE.includes(status)) {
      await response.body?.cancel();
      throw new ProblemError("upstream-failed", `The provider answered ${status}. Nothing was charged.`, {
        extensions: { upstreamStatus: status },
      });
    }

    const headers = pick(response.headers, RETURNED);
    if (response.ok && /^text\/event-stream\b/i.test(headers["content-type"] ?? "") && response.body) {
      // A stream lives as long as its deposit: only its start is bound to the total time.
      const body = response.body as AsyncIterable<Uint8Array>;
      return { kind: "events", status, headers, body, stop: () => abort.abort() };
    }
    return { kind: "whole", status, headers, body: await readAnswer(response) };
  } catch (error) {
    throw networkProblem(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The listed endpoint and path, with the caller's query. Nothing of the caller's path is copied. */
function upstreamUrl({ endpoint, path, search }: UpstreamCall): URL {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
  url.search = search;
  url.hash = "";
  return url;
}

function requestHeaders({ headers, decision, path, grant }: UpstreamCall, url: URL): Record<string, string> {
  return {
    ...pick(headers, FORWARDED),
    "accept-encoding": "identity",
    "user-agent": "Superstream-Door/1",
    "stream-request": decision.requestId,
    "stream-id": decision.streamId,
    "stream-payer": decision.payer,
    "stream-tier": decision.tier,
    "stream-grant": grant(path + url.search),
  };
}

function pick(
  headers: { get(name: string): string | null },
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) picked[name] = value;
  }
  return picked;
}

/** Counts what comes out of the decoder, so that a compressed bomb is cut off too. */
async function readAnswer(response: UpstreamResponse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > ANSWER_MAX)
      throw new ProblemError("upstream-failed", `The provider's answer is larger than ${ANSWER_MAX} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
