import { Badge } from "@/components/ui/badge";

const looks = {
  pending: { tone: "plain", text: "Pending" },
  active: { tone: "flow", text: "Streaming" },
  paused: { tone: "warn", text: "Paused" },
  exhausted: { tone: "stop", text: "Deposit empty" },
  closing: { tone: "plain", text: "Closing" },
  settled: { tone: "plain", text: "Settled" },
  failed: { tone: "stop", text: "Failed" },
} as const;

export type StreamStatus = keyof typeof looks;

/** The state of a stream in one word; the dot drifts only while money does. */
export function StatusBadge({ status }: { status: StreamStatus }) {
  const { tone, text } = looks[status];
  return (
    <Badge tone={tone} role="status" aria-label="Stream">
      {status === "active" ? (
        <span aria-hidden className="size-1.5 animate-breathe rounded-full bg-flow" />
      ) : null}
      {text}
    </Badge>
  );
}
