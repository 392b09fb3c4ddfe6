import { z } from "zod";

const chunk = z.looseObject({ object: z.string(), choices: z.array(z.unknown()) });

/**
 * What a client of OpenAI's reads at the end of an answer that was cut: a chunk that ends it as one that grew too long does, with the
 * reason beside it, and `[DONE]`.
 *
 * @param last data of the model's last event; null when it had sent none
 * @param cut.events how many of the model's events went out
 */
export function lastChunk(last: string | null, cut: { ended: string; events: number }): string[] {
  const known = last === null ? null : chunk.safeParse(parsed(last));
  const base = known?.success ? known.data : { object: "chat.completion.chunk" };
  const rest = base.object === "text_completion" ? { text: "" } : { delta: {} };
  const choices = [{ index: 0, ...rest, finish_reason: "length" }];
  return [JSON.stringify({ ...base, choices, superstream: cut }), "[DONE]"];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
