import type { Rate } from "@/lib/domain/rate";
import type { Priority } from "@/lib/domain/tier";
import type { ActionResult } from "@/lib/http/action";
import type { Settlement } from "@/lib/streams/close-stream";
import type { StreamView } from "@/lib/streams/stream-view";

type Send<Value> = (input: unknown) => Promise<ActionResult<Value>>;

/** The server actions that a stream's page hands to its controls. */
export type StreamActionSet = {
  topUp: Send<StreamView>;
  pause: Send<StreamView>;
  resume: Send<StreamView>;
  changeTier: Send<StreamView>;
  setAutoTopUp: Send<StreamView>;
  collect: Send<StreamView>;
  close: Send<Settlement>;
};

/** A tier as people choose it. */
export type TierChoice = { name: string; rate: Rate; maxRequestsPerHour: number; priority: Priority };
