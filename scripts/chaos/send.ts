import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, History, Operation } from "./history";

/** A client's patience with one sending. Shorter than most pauses of a server. */
const SENDING_TIMEOUT_MS = 2_500;
const MAX_WAIT_MS = 1_000;

/** Codes of 4xx answers that say "try again" and nothing else. */
const AGAIN = new Set(["request-in-progress", "rate-limited"]);
/** 5xx that a client may be given: our side, or the provider's, is away for the moment. */
const PASSING = new Set([502, 503, 504]);

export type Sender = ReturnType<typeof createSender>;
/** Not an answer yet: send again after `waitMs`. `uncertain`: what was sent may have been done. */
export class Again extends Error {
  constructor(
    readonly why: string,
    readonly waitMs: number,
    readonly uncertain: boolean,
  ) {
    super(why);
  }
}

export type Reply = { status: number; code: string | null; headers: Headers; text: string; json: unknown };

/**
 * Sends to two servers until there is an answer: whoever gets none goes on to the other server, with the same key.
 *
 * @param until when even a patient client gives up; a failure of the run
 */
export function createSender(options: {
  servers: readonly [string, string];
  history: History;
  until: () => number;
}) {
  const { servers, history, until } = options;

  /** One sending. @throws Again when nothing can be concluded from its outcome */
  async function once(url: string, init: RequestInit): Promise<Reply> {
    const began = performance.now();
    let reply: Reply;
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(SENDING_TIMEOUT_MS) });
      const text = await response.text();
      reply = { status: response.status, headers: response.headers, text, ...parse(text) };
    } catch (error) {
      const why = reasonOf(error);
      throw new Again(why, 100, why !== "ECONNREFUSED");
    }
    history.answersMs.push(performance.now() - began);
    const { status, code } = reply;
    if (status >= 500) {
      if (!PASSING.has(status))
        history.serverErrors.push({ status, code, what: new URL(url).pathname, at: new Date() });
      throw new Again(`${status} ${code}`, waitOf(reply), true);
    }
    if (code !== null && AGAIN.has(code)) throw new Again(`${status} ${code}`, waitOf(reply), false);
    return reply;
  }

  /** One copy of an operation (null: a look, of which nothing is kept), sent until it is answered. Null when it never was. */
  async function untilAnswered(
    operation: Operation | null,
    first: number,
    exchange: (server: string) => Promise<Answer>,
  ): Promise<Answer | null> {
    const began = performance.now();
    for (let sending = first; ; sending += 1) {
      try {
        const answer = await exchange(servers[sending % 2] ?? servers[0]);
        history.waitsMs.push(performance.now() - began);
        operation?.answers.push(answer);
        return answer;
      } catch (error) {
        if (!(error instanceof Again)) throw error;
        history.countRetry(error.why);
        const tooLate = performance.now() > until();
        if (operation) {
          operation.retries += 1;
          if (error.uncertain) operation.lost += 1;
          operation.unanswered ||= tooLate;
        }
        if (tooLate) return null;
        await sleep(error.waitMs);
      }
    }
  }

  return { once, untilAnswered };
}

function parse(text: string): { json: unknown; code: string | null } {
  try {
    const json: unknown = JSON.parse(text);
    const code = typeof json === "object" && json !== null && "code" in json ? json.code : null;
    return { json, code: typeof code === "string" ? code : null };
  } catch {
    return { json: null, code: null };
  }
}

/** As the server asks, but no longer than a second: a short run has no time to lose. */
function waitOf({ headers }: Reply): number {
  const asked = Number(headers.get("retry-after") ?? 0) * 1_000;
  return Math.min(MAX_WAIT_MS, asked > 0 ? asked : 200);
}

function reasonOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    if ("code" in at && typeof at.code === "string") return at.code;
    if (at.name === "TimeoutError") return "no answer in time";
  }
  return "connection lost";
}
