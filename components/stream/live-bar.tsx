"use client";
import { useEffect, useRef } from "react";
import { type LiveAnchor, liveAccrued } from "@/lib/domain/live-accrued";
import { joinLiveLoop } from "./live-loop";

type Props = { anchor: LiveAnchor; funded: bigint; used: bigint; serverNowMs: bigint };

/** How much of the deposit is earned, as a line that grows with the counter. Only `transform` moves. */
export function LiveBar({ anchor, funded, used, serverNowMs }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const share = (nowMs: bigint) =>
    funded === 0n ? 0 : Number(((liveAccrued(anchor, nowMs) + used) * 1_000_000n) / funded) / 1_000_000;

  useEffect(() => {
    const element = track.current;
    const fill = element?.firstElementChild;
    if (!element || !(fill instanceof HTMLElement)) return;
    return joinLiveLoop(element, (nowMs) => {
      const earned = Number(
        ((liveAccrued(anchor, BigInt(Math.floor(nowMs))) + used) * 1_000_000n) / (funded || 1n),
      );
      fill.style.transform = `scaleX(${Math.min(1, earned / 1_000_000)})`;
    });
  }, [anchor, funded, used]);

  return (
    <div ref={track} aria-hidden className="h-2 overflow-hidden rounded-full bg-line">
      <div
        className="size-full origin-left rounded-full bg-flow"
        style={{ transform: `scaleX(${share(serverNowMs)})` }}
      />
    </div>
  );
}
