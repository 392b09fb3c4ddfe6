"use client";
import { useEffect, useRef } from "react";
import { cn } from "@/components/ui/cn";
import { joinLiveLoop } from "./live-loop";
import { noteServerTime } from "./server-clock";

type Props = { depletesAtMs: bigint; serverNowMs: bigint; className?: string };

/** Time until the deposit runs out, counting down by the second: "1 d 03:59:12". */
export function RunwayClock({ depletesAtMs, serverNowMs, className }: Props) {
  const output = useRef<HTMLTimeElement>(null);

  useEffect(() => {
    noteServerTime(serverNowMs);
    const element = output.current;
    const text = element?.firstChild;
    if (!element || !text) return;
    return joinLiveLoop(element, (nowMs) => {
      const next = clock(Number(depletesAtMs) - nowMs);
      if (text.nodeValue !== next) text.nodeValue = next;
    });
  }, [depletesAtMs, serverNowMs]);

  return (
    <time
      ref={output}
      role="timer"
      aria-label="Runway"
      aria-live="off"
      dateTime={new Date(Number(depletesAtMs)).toISOString()}
      title={`Funded until ${new Date(Number(depletesAtMs)).toISOString()}`}
      className={cn("whitespace-nowrap tabular-nums", className)}
    >
      {clock(Number(depletesAtMs - serverNowMs))}
    </time>
  );
}

function clock(leftMs: number): string {
  const seconds = Math.max(0, Math.floor(leftMs / 1_000));
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const hms = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return days > 0 ? `${days} d ${hms}` : hms;
}
