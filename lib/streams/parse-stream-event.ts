import { z } from "zod";
import type { StreamEvent } from "@/lib/domain/stream-event";

const units = z.string().transform(BigInt);
const rate = z.object({ amount: units, periodMs: units });

/** `data` of each kind of stream_event, as the money functions write it: amounts and times are text. */
const dataOf = {
  opened: z.object({ tier: z.string(), rate, deposit: units }),
  "topped-up": z.object({ amount: units, funded: units }),
  "auto-topped-up": z.object({ amount: units, funded: units }),
  "auto-top-up-set": z.object({}),
  "auto-top-up-cleared": z.object({}),
  "auto-top-up-failed": z.object({ reason: z.string(), amount: units }),
  "tier-changed": z.object({ from: z.string(), to: z.string(), rate }),
  paused: z.object({ remaining: units }),
  resumed: z.object({ remaining: units }),
  exhausted: z.object({ paid: units, graceUntilMs: units }),
  revived: z.object({ remaining: units }),
  collected: z.object({ amount: units, billed: units }),
  closed: z.object({ cause: z.enum(["sender", "receiver", "grace-ended"]), held: units }),
  settled: z.object({ paid: units, refund: units }),
} as const satisfies Record<StreamEvent["kind"], z.ZodType>;

/** A row of `stream_event` as the domain knows it. @throws ZodError when the row is not of our writing */
export function parseStreamEvent(kind: string, atMs: bigint, data: unknown): StreamEvent {
  const known = z.enum(Object.keys(dataOf) as [StreamEvent["kind"], ...StreamEvent["kind"][]]).parse(kind);
  // The table above pairs each kind with its data; TypeScript cannot follow the pair through the index.
  return { kind: known, atMs, data: dataOf[known].parse(data) } as StreamEvent;
}
