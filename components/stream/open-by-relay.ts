import type { Hex } from "viem";
import { paths } from "@/lib/paths";
import type { StreamPlan } from "@/lib/streams/plan-stream";
import type { ChainPlanInput } from "./chain-plan";

type Authorization = NonNullable<StreamPlan["authorization"]>;

/** How far an opening has come that the market sends. `refused`: why it is not opened, for the person. */
export type RelayProgress =
  | { phase: "sent" | "mined"; hash: Hex | null }
  | { phase: "active"; streamId: string }
  | { phase: "refused"; detail: string };

type Told = {
  relayId: string;
  state: string;
  transaction: Hex | null;
  streamId: string | null;
  error: { sentence: string } | null;
};

/** After this it is left to the market, which goes on with it. */
const GIVE_UP_MS = 90_000;
const STEP_MS = 300;

/**
 * Hands an opening that the payer has signed to the market, which sends it and pays its gas, and tells how far it has come. Handing the same
 * one in again opens nothing twice: its nonce stands for every term.
 */
export async function* openByRelay(
  terms: Omit<ChainPlanInput, "permit">,
  { deposit, authorization, signature }: { deposit: bigint; authorization: Authorization; signature: Hex },
): AsyncGenerator<RelayProgress> {
  const { from, validAfter, validBefore } = authorization.typedData.message;
  let told = await ask(`${paths.api.streams}/relay`, {
    providerId: terms.providerId,
    tier: terms.tier,
    durationMs: Number(terms.durationMs),
    payer: from,
    deposit: `${deposit}`,
    salt: authorization.salt,
    validAfter: `${validAfter}`,
    validBefore: `${validBefore}`,
    signature,
  });
  const untilMs = performance.now() + GIVE_UP_MS;
  for (;;) {
    if (typeof told === "string") return yield { phase: "refused", detail: told };
    const { relayId, state, transaction, streamId, error } = told;
    if (state === "failed")
      return yield { phase: "refused", detail: error?.sentence ?? "It was not opened." };
    if (streamId) return yield { phase: "active", streamId };
    const mined = state === "confirmed" || state === "final";
    yield { phase: mined ? "mined" : "sent", hash: transaction };
    if (performance.now() > untilMs) return;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    const next = await ask(`${paths.api.streams}/relay/${relayId}`);
    if (typeof next !== "string") told = next; // A lost answer is asked for again.
  }
}

/** @returns what is told of the opening, or why nothing is */
async function ask(path: string, body?: object): Promise<Told | string> {
  const request = body
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    : { cache: "no-store" as const };
  try {
    const response = await fetch(path, request);
    const answer: Told & { detail?: string } = await response.json();
    return response.ok ? answer : (answer.detail ?? `The server answered ${response.status}.`);
  } catch {
    return "No answer came back. It may be on its way: look at your streams before you try again.";
  }
}
