import type { StreamState } from "./stream-state";

/** Why nothing happened: a code of `lib/errors.ts`, a sentence, and what a program needs to repair it. */
export type StreamRefusal = {
  readonly code:
    | "invalid-input"
    | "self-stream"
    | "stream-state"
    | "insufficient-balance"
    | "request-in-progress"
    | "stream/pending"
    | "stream/paused"
    | "stream/terminated"
    | "stream/deposit-exhausted";
  readonly detail: string;
  /** Base units. */
  readonly extensions: Readonly<Record<string, bigint>>;
};

export function streamRefusal(
  code: StreamRefusal["code"],
  detail: string,
  extensions: StreamRefusal["extensions"] = {},
): StreamRefusal {
  return { code, detail, extensions };
}

/** The stream is in no state for that. */
export function wrongState({ status }: StreamState): StreamRefusal {
  return streamRefusal("stream-state", `The stream is ${status}.`);
}
