import "server-only";
import type { Rate } from "@/lib/domain/rate";
import { type AutoTopUpRule, ruleTrouble } from "@/lib/domain/top-up";
import { ProblemError } from "@/lib/errors";

/**
 * Refuses a standing order that could never act: it would be taken for a safety net.
 *
 * @throws ProblemError `invalid-input` that names the member
 */
export function refuseUselessRule(rule: AutoTopUpRule, flow: Rate, nowMs: bigint): void {
  const trouble = ruleTrouble(rule, flow, nowMs);
  if (!trouble) return;
  const { member, sentence } = trouble;
  throw new ProblemError("invalid-input", sentence, { extensions: { member } });
}
