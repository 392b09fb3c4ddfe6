import { type Extensions, ProblemError, problems } from "@/lib/errors";

/** What the money functions refuse, in a sentence. The members come from the database. */
const sentences: Partial<Record<keyof typeof problems, string>> = {
  "provider-not-found": "The provider is not registered.",
  "self-stream": "You own this provider: a stream needs two different ends.",
  "stream-not-found": "Stream not found.",
  "stream-state": "The stream is not in a state for that.",
  "stream-on-chain":
    "The stream's money is on a chain: sign the change there, and it is seen within a few blocks. Nothing was moved.",
  "insufficient-balance": "The balance is too low. Nothing was moved.",
  "wallet/not-backed":
    "Only credit that came from payments on the chain can go back there, and not that much of it is left. Nothing was moved.",
  "invalid-input": "The amount is too small.",
  "idempotency-conflict": "The idempotency key was used for something else.",
  "rate-limited": "The daily maximum is reached.",
};

/** Turns SQLSTATE SP001 (`refuse` in the migrations) into the refusal it is; anything else passes unchanged. */
export function refusalOf(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const code = error.message as keyof typeof problems;
  const members: Extensions = error.detail ? JSON.parse(error.detail) : {};
  const sentence = code === "unknown-tier" ? `Unknown tier: ${members.tier}` : sentences[code];
  return new ProblemError(code, sentence ?? problems[code].title, {
    extensions: members,
    cause: error,
  });
}

function isRefusal(error: unknown): error is Error & { detail?: string } {
  return error instanceof Error && "code" in error && error.code === "SP001" && error.message in problems;
}
