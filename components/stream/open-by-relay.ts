import type { Hex } from "viem";
import { paths } from "@/lib/paths";
import type { StreamPlan } from "@/lib/streams/plan-stream";
import type { ChainPlanInput } from "./chain-plan";

type Authorization = NonNullable<StreamPlan["authorization"]>;

/** How far an opening has come that the market sends. `refused`: it is not opened, and why, for the person. */
export type RelayProgress =
  | { phase: "sent" | "mined"; hash: Hex | null }
  | { phase: "active"; streamId: string }
  | { phase: "refused"; title: string; detail: string };

type Told = {
  state: string;
  transaction: Hex | null;
  streamId: string | null;
  error: { sentence: string } | null;
};

/** What came back of a question. `lost`: nothing, so it is not known whether it arrived. */
type Answer = { told: Told } | { status: number; detail: string } | "lost";

/** After this it is left to the market, which goes on with it. */
const GIVE_UP_MS = 90_000;
const STEP_MS = 300;
/** A request that was on its way when the page went may still arrive; after this it has not. */
const ARRIVES_WITHIN_MS = 15_000;

/** The market's name for an opening: the nonce that the payer signs, so it is known before anything is sent. */
export function relayIdOf({ typedData }: Authorization): string {
  return typedData.message.nonce.toLowerCase();
}

/**
 * Hands an opening that the payer has signed to the market, which sends it and pays its gas, and tells how far it has come. Handing the same
 * one in again opens nothing twice: its nonce stands for every term. Ends without an end when it takes too long.
 */
export async function* openByRelay(
  terms: Omit<ChainPlanInput, "permit">,
  { deposit, authorization, signature }: { deposit: bigint; authorization: Authorization; signature: Hex },
): AsyncGenerator<RelayProgress> {
  const { from, validAfter, validBefore } = authorization.typedData.message;
  const answer = await ask(`${paths.api.streams}/relay`, {
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
  // A fault of the server may come after it was written down: then it is opened all the same.
  if (answer !== "lost" && "status" in answer && answer.status < 500)
    return yield { phase: "refused", title: NOTHING_OPENED, detail: answer.detail };
  yield* followRelay(relayIdOf(authorization));
}

/** Tells how far an opening has come that the market was handed before, also by a page that is gone. */
export async function* followRelay(relayId: string): AsyncGenerator<RelayProgress> {
  const sinceMs = performance.now();
  let arrived = false;
  for (;;) {
    const answer = await ask(`${paths.api.streams}/relay/${relayId}`);
    const waitedMs = performance.now() - sinceMs;
    if (answer !== "lost" && "told" in answer) {
      arrived = true;
      const { state, transaction, streamId, error } = answer.told;
      if (state === "failed")
        return yield {
          phase: "refused",
          title: NOTHING_OPENED,
          detail: error?.sentence ?? "The market could not open it.",
        };
      if (streamId) return yield { phase: "active", streamId };
      const mined = state === "confirmed" || state === "final";
      yield { phase: mined ? "mined" : "sent", hash: transaction };
    } else if (!arrived && answer !== "lost" && answer.status === 404 && waitedMs > ARRIVES_WITHIN_MS)
      return yield {
        phase: "refused",
        title: NOTHING_OPENED,
        detail: "The market never got it. What you signed is used by nobody: try again.",
      };
    if (waitedMs > GIVE_UP_MS) return;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

const NOTHING_OPENED = "Nothing was opened";

async function ask(path: string, body?: object): Promise<Answer> {
  // `keepalive`: it arrives although the page goes away in the same moment.
  const request = body
    ? {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        keepalive: true,
      }
    : { cache: "no-store" as const };
  try {
    const response = await fetch(path, request);
    if (response.ok) return { told: await response.json() };
    const { detail }: { detail?: string } = await response.json().catch(() => ({}));
    return { status: response.status, detail: detail ?? `The server answered ${response.status}.` };
  } catch {
    return "lost";
  }
}
