type Answer = { value: unknown; receipt: Record<string, unknown> | null };

/** The value of an answer: its JSON, or of a stream of events the `result`; its last event is the final receipt. */
export function readAnswer(text: string, contentType: string, receipt: Answer["receipt"]): Answer {
  if (!contentType.startsWith("text/event-stream")) return { value: parsed(text), receipt };
  const events = text.split(/\r?\n\r?\n/).map(readEvent);
  const result =
    events.findLast(({ event }) => event === "result") ?? events.findLast(({ data }) => data !== "");
  const last = parsed(events.findLast(({ event }) => event === "payment-receipt")?.data ?? "");
  return {
    value: parsed(result?.data ?? ""),
    receipt: typeof last === "object" && last !== null ? (last as Record<string, unknown>) : receipt,
  };
}

function readEvent(block: string): { event: string; data: string } {
  const lines = block.split(/\r?\n/);
  const field = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ""));
  return { event: field("event")[0] ?? "message", data: field("data").join("\n") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
