"use client";
import { useEffect, useState } from "react";
import { LocalTime } from "@/components/ui/local-time";
import { formatDuration } from "@/lib/format";

type Props = {
  atMs: bigint;
  /** The clock of `atMs` when the page was made: the reader's own may be wrong. */
  serverNowMs: bigint;
};

const TICK_MS = 1_000;

/** "12 s ago, at 14:03:22": counts on by itself. */
export function HealthAge({ atMs, serverNowMs }: Props) {
  const [nowMs, setNowMs] = useState(serverNowMs);
  useEffect(() => {
    const start = performance.now(); // Nobody can set this clock.
    const tick = () => setNowMs(serverNowMs + BigInt(Math.floor(performance.now() - start)));
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [serverNowMs]);
  const ageMs = nowMs - atMs;
  return (
    <span className="tabular-nums">
      {ageMs < 1_000n ? "just now" : `${formatDuration(ageMs - (ageMs % roundTo(ageMs)))} ago`}, at{" "}
      <LocalTime ms={atMs} style="time" />
    </span>
  );
}

/** Seconds matter for a minute, minutes for a day. */
function roundTo(ageMs: bigint): bigint {
  return ageMs < 60_000n ? 1_000n : ageMs < 86_400_000n ? 60_000n : 3_600_000n;
}
