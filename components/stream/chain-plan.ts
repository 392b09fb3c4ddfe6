import type { ActionResult } from "@/lib/http/action";
import type { ChainRailOption } from "@/lib/rails/chain-rail-options";
import type { PermitOf, RailId } from "@/lib/rails/rail";
import type { StreamPlan } from "@/lib/streams/plan-stream";

/** A rail whose money is on the chain. */
export type ChainRailId = Exclude<RailId, "ledger">;

/** How long the money can be made to last; a wallet's every opening costs gas, so an hour is the least. */
export const RUN_TIMES_MS = [1n, 4n, 24n, 168n, 720n].map((hours) => hours * 3_600_000n);

export type ChainPlanInput = {
  providerId: string;
  tier: string;
  rail: ChainRailId;
  /** How long the money shall last, in ms. */
  durationMs: bigint;
  /** What the account has signed as an earlier plan asked; undefined at first. */
  permit: PermitOf | undefined;
};

/** The server action that makes plans. It moves nothing. */
export type PlanOpening = (input: unknown) => Promise<ActionResult<StreamPlan>>;

/** What a stream can be opened on besides the ledger, who says what that asks, and whether the market sends openings that are signed for. */
export type OnChain = { rails: readonly ChainRailOption[]; plan: PlanOpening; relays: boolean };
