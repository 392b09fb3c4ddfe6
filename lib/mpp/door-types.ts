/** The shapes that the door works with. They are structural, so that tests can stand in for the market and the ledger. */
import type { Rate } from "@/lib/domain/rate";
import type { StreamStatus } from "@/lib/domain/stream-state";
import type { Priority } from "@/lib/domain/tier";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import type { AuthorizeCall, Decision } from "@/lib/streams/authorize-request";
import type { CallOutcome } from "@/lib/streams/complete-request";
import type { DelegationEnd } from "@/lib/streams/delegation-end";
import type { StoredAnswer } from "@/lib/streams/find-answer";

export type DoorTier = { name: string; rate: Rate; maxRequestsPerHour: number; priority: Priority };

export type DoorService = {
  id: string;
  slug: string;
  name: string;
  description: string;
  method: string;
  path: string;
  /** Base units that each call takes beside the flow, 0 when the flow is the whole price. */
  pricePerCall: bigint;
};

export type DoorProvider = {
  id: string;
  name: string;
  /** Lower-case address of the owner, who receives the streams. */
  owner: string;
  endpoint: string;
  depositMs: bigint;
  maxConcurrency: number;
};

/** One provider as callers meet it: its tiers and the services that may be called, nothing else. */
export type Door = { provider: DoorProvider; tiers: readonly DoorTier[]; services: readonly DoorService[] };

/** What the door asks of the ledger. Every refusal is a `ProblemError` or a `denied` decision. */
export type DoorLedger = {
  authorizeRequest(call: AuthorizeCall): Promise<Decision>;
  /** False when the call had ended before: the ledger voids calls that take too long. */
  completeRequest(outcome: CallOutcome): Promise<boolean>;
  /** Says that a call is still being served. False when it had ended before. */
  extendRequest(requestId: string): Promise<boolean>;
  /** The delegation of `payer` by which a session was got; null: its own. */
  sessionDelegation(of: { tokenHash: string; payer: string; sinceMs: bigint }): Promise<bigint | null>;
  /** Why a delegation does not hold any more; null while it does. */
  delegationEnd(of: { payer: string; nonce: bigint }): Promise<DelegationEnd | null>;
  /** Null when the answer was too large to keep, or its 24 h are over. */
  findAnswer(requestId: string): Promise<StoredAnswer | null>;
  /** For its sender or receiver. */
  getStream(input: { actor: string; streamId: string }): Promise<{
    provider: { id: string };
    status: StreamStatus;
    runwayMs: bigint;
    minimumTopUp: bigint;
  }>;
  openStream(
    input: MoneyInput & {
      providerId: string;
      tier: string;
      deposit: bigint;
      autoTopUp: AutoTopUpRule | null;
    },
  ): Promise<{ id: string }>;
  topUpStream(input: MoneyInput & { streamId: string; amount: bigint }): Promise<{ id: string }>;
  closeStream(input: MoneyInput & { streamId: string }): Promise<object>;
};

/** `actor`: lower-case address of who signed. The same key moves money once. */
type MoneyInput = { actor: string; idempotencyKey: string };
