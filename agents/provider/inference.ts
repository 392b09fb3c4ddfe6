import { z } from "zod";
import type { ProviderConfig } from "./read-config";
import { Refusal } from "./refusal";
import type { Work } from "./sold-service";

/** Largest whole answer: a picture or some minutes of speech. */
const ANSWER_MAX = 64 * 1024 * 1024;
/** How long the state of the inference server is believed. */
const HEALTH_MS = 5_000;
const HEALTH_DEADLINE_MS = 2_000;

export type Inferred =
  | { kind: "events"; body: AsyncIterable<Uint8Array> }
  | { kind: "whole"; contentType: string; body: Buffer };

export type Inference = ReturnType<typeof inference>;

/** The OpenAI-compatible server behind this provider. */
export function inference(
  config: Pick<ProviderConfig, "inferenceUrl" | "inferenceKey" | "answerSeconds">,
  network: typeof fetch = fetch,
) {
  const { inferenceUrl, inferenceKey, answerSeconds } = config;
  const authorization = inferenceKey ? { authorization: `Bearer ${inferenceKey}` } : {};
  let looked = { atMs: Number.NEGATIVE_INFINITY, reachable: Promise.resolve(false) };

  /**
   * Has the model do the work. Events live as long as they are read; for all else `answerSeconds` is the longest.
   *
   * @param signal ends it, at the inference server too
   * @throws Refusal for every answer but 2xx
   */
  async function ask(work: Work, signal: AbortSignal): Promise<Inferred> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), answerSeconds * 1_000);
    try {
      const response = await network(inferenceUrl + work.path, {
        method: "POST",
        headers: { ...authorization, "content-type": work.contentType },
        body: work.body,
        redirect: "error",
        signal: AbortSignal.any([signal, late.signal]),
      });
      if (!response.ok) throw await refusalOf(response);
      const contentType = response.headers.get("content-type") ?? "application/octet-stream";
      const { body } = response;
      if (!/^text\/event-stream\b/i.test(contentType) || !body)
        return { kind: "whole", contentType, body: await readWhole(body) };
      return { kind: "events", body: body as unknown as AsyncIterable<Uint8Array> };
    } catch (cause) {
      if (cause instanceof Refusal) throw cause;
      if (late.signal.aborted)
        throw new Refusal("inference-timeout", "The model took too long. Nothing was charged.", { cause });
      throw new Refusal("inference-failed", "The model did not answer. Nothing was charged.", { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the inference server answers at all: asked for its models, at most every five seconds. */
  function reachable(): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs - looked.atMs > HEALTH_MS) looked = { atMs: nowMs, reachable: look() };
    return looked.reachable;
  }

  async function look(): Promise<boolean> {
    try {
      const response = await network(`${inferenceUrl}/models`, {
        headers: authorization,
        redirect: "error",
        signal: AbortSignal.timeout(HEALTH_DEADLINE_MS),
      });
      await response.body?.cancel();
      return response.status < 500; // One that has no list of models says 404, and that it is there.
    } catch {
      return false;
    }
  }

  return { ask, reachable };
}

const errorAnswer = z.object({ error: z.object({ message: z.string() }) });

/** Only what the caller can mend is told in the inference server's words; the rest may name our key or our network. */
async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  const text = (await readWhole(response.body)).toString("utf8", 0, 8_192);
  const cause = new Error(`The inference server answered ${status}: ${text.slice(0, 500)}`);
  if (status === 400 || status === 413 || status === 422) {
    const said = errorAnswer.safeParse(parsed(text));
    const why = said.success ? said.data.error.message.slice(0, 500) : "it gives no reason";
    return new Refusal("inference-refused", `The model does not take this: ${why}`, { cause });
  }
  if (status !== 429)
    return new Refusal("inference-failed", "The model did not answer. Nothing was charged.", { cause });
  const retryAfter = /^\d{1,4}$/.exec(response.headers.get("retry-after") ?? "")?.[0] ?? "5";
  const headers = { "retry-after": retryAfter };
  return new Refusal("inference-busy", "The model is busy. Nothing was charged; try again.", {
    headers,
    cause,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readWhole(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > ANSWER_MAX) throw new Error(`An answer is larger than ${ANSWER_MAX} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
