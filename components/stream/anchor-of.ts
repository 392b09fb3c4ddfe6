import type { LiveAnchor } from "@/lib/domain/live-accrued";
import type { StreamView } from "@/lib/streams/stream-view";

/** Where a stream's accrual stands and how it moves. A stream that is not active stands still at what it accrued. */
export function anchorOf(stream: StreamView): LiveAnchor {
  const running = stream.status === "active";
  return {
    accruedNum: running ? stream.anchor.accruedNum : stream.accrued,
    accruedDen: running ? stream.anchor.accruedDen : 1n,
    atMs: stream.anchor.atMs,
    rate: stream.rate,
    ceiling: running ? stream.funded - stream.used - stream.held : stream.accrued,
    running,
  };
}
