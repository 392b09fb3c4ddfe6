import "server-only";

/**
 * What a handler of the hot path asks of a request. A `Request` with its streams and signals takes longer to make than
 * such a handler runs (docs/decisions/0007); node:http gives this much for next to nothing.
 */
export type LightRequest = {
  method: string;
  /** Absolute, on our public origin. */
  url: string;
  headers: Headers;
  /** The whole body, or null as soon as it is known to be longer than `max` bytes. */
  readBody: (max: number) => Promise<Uint8Array | null>;
  /** Whether the client has left. */
  hasLeft: () => boolean;
};

/** An answer that is there as a whole, for the hot path. Header names in any case, each once. */
export type WholeAnswer = { status: number; headers: Record<string, string>; body: Uint8Array };

/** A `Request` as a handler of the hot path takes it. */
export function lightRequest(request: Request): LightRequest {
  const { method, url, headers } = request;
  return {
    method,
    url,
    headers,
    readBody: (max) => readWhole(request.body, headers, max),
    hasLeft: () => request.signal.aborted,
  };
}

/** A whole answer for those who need a `Response`. The statuses that forbid a body get none. */
export function toResponse(answer: Response | WholeAnswer): Response {
  if (answer instanceof Response) return answer;
  const { status, headers, body } = answer;
  return new Response(isBodiless(status) ? null : (body as BodyInit), { status, headers });
}

export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

async function readWhole(
  body: ReadableStream<Uint8Array> | null,
  headers: Headers,
  max: number,
): Promise<Uint8Array | null> {
  if (Number(headers.get("content-length") ?? 0) > max) return null;
  if (!body) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > max) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
