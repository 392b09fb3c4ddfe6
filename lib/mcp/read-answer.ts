/** What of an answer is handed on, in bytes: the door's own limit for a provider's whole answer. */
const ANSWER_MAX = 1024 * 1024;
/** How long events are collected. They are settled for what was read then. */
const EVENTS_MS = 60_000;

export type Answer = {
  /** Parsed JSON, text (also of events), or base64 of anything else. */
  body: unknown;
  /** Of an answer by events, whose receipt comes last. */
  receipt?: unknown;
  /** There was more. */
  truncated: boolean;
  /** Events that broke off: nothing was charged. */
  voided: boolean;
};

/** Reads an answer of the door to its end, as far as it is handed on. What is left unread is cancelled. */
export async function readAnswer(response: Response): Promise<Answer> {
  const type = response.headers.get("content-type") ?? "";
  const events = type.startsWith("text/event-stream");
  const { bytes, truncated } = await readUpTo(response, events ? EVENTS_MS : null);
  const text = () => bytes.toString("utf8");
  if (events) return { body: text(), truncated, ...endOf(text()) };
  const whole = { truncated, voided: false };
  if (truncated || type === "" || type.startsWith("text/")) return { ...whole, body: text() };
  if (/^application\/([\w.-]+\+)?json\b/.test(type)) return { ...whole, body: parsed(text()) };
  return { ...whole, body: bytes.toString("base64") };
}

async function readUpTo(
  response: Response,
  patienceMs: number | null,
): Promise<{ bytes: Buffer; truncated: boolean }> {
  const reader = response.body?.getReader();
  if (!reader) return { bytes: Buffer.alloc(0), truncated: false };
  const chunks: Uint8Array[] = [];
  let size = 0;
  let late = false;
  const timer =
    patienceMs === null
      ? null
      : setTimeout(() => {
          late = true;
          void reader.cancel();
        }, patienceMs);
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
      if (size > ANSWER_MAX) {
        await reader.cancel();
        return { bytes: Buffer.concat(chunks).subarray(0, ANSWER_MAX), truncated: true };
      }
    }
  } finally {
    if (timer) clearTimeout(timer);
  }
  return { bytes: Buffer.concat(chunks), truncated: late };
}

/** A provider may call anything JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The door's own last event; a provider cannot send one of these names (lib/mpp/event-stream.ts). */
function endOf(text: string): { receipt?: unknown; voided: boolean } {
  const [, name, data = ""] = /(?:^|\n)event: payment-(receipt|void)\ndata: (.*)\n\n$/.exec(text) ?? [];
  return name === "receipt" ? { receipt: JSON.parse(data), voided: false } : { voided: name === "void" };
}
