"use client";
import { useEffect, useRef } from "react";
import { cn } from "@/components/ui/cn";
import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import { type LiveAnchor, liveAccrued } from "./live-accrued";
import { joinLiveLoop } from "./live-loop";
import { noteServerTime, serverTimeMs } from "./server-clock";

type Props = {
  label: string;
  anchor: LiveAnchor;
  /** What is shown: accrual times `sign` plus `base`. 1 and 0 count up; -1 and what is left count down. */
  sign?: 1 | -1;
  base?: bigint;
  serverNowMs: bigint;
  asset: Asset;
  /** Digits after the point. The first two are read, the rest are seen to move. */
  digits?: number;
  className?: string;
};

/** An amount that moves every frame, exact to the base unit. It writes to text nodes, so React never renders per frame. */
export function LiveAmount({
  label,
  anchor,
  sign = 1,
  base = 0n,
  serverNowMs,
  asset,
  digits = 6,
  className,
}: Props) {
  const output = useRef<HTMLOutputElement>(null);
  const valueAt = (nowMs: bigint) => base + BigInt(sign) * liveAccrued(anchor, nowMs);
  const [head, tail] = split(valueAt(serverNowMs), asset, digits);

  useEffect(() => {
    noteServerTime(serverNowMs);
    const element = output.current;
    const headNode = element?.firstElementChild?.firstChild;
    const tailNode = element?.lastElementChild?.firstChild;
    if (!element || !headNode || !tailNode) return;

    const exact = (nowMs: number) => base + BigInt(sign) * liveAccrued(anchor, BigInt(Math.floor(nowMs)));
    const showExact = () => {
      element.title = `${toDecimal(exact(serverTimeMs()), asset.decimals, asset.decimals, "down")} ${asset.symbol}`;
    };
    const leave = joinLiveLoop(element, (nowMs) => {
      const [nextHead, nextTail] = split(exact(nowMs), asset, digits);
      if (headNode.nodeValue !== nextHead) headNode.nodeValue = nextHead;
      if (tailNode.nodeValue !== nextTail) tailNode.nodeValue = nextTail;
    });
    element.addEventListener("pointerenter", showExact);
    return () => {
      leave();
      element.removeEventListener("pointerenter", showExact);
    };
  }, [anchor, sign, base, serverNowMs, asset, digits]);

  return (
    <output
      ref={output}
      aria-label={label}
      aria-live="off"
      className={cn("whitespace-nowrap tabular-nums", className)}
    >
      <span>{head}</span>
      <span className="text-faint">{tail}</span>
    </output>
  );
}

/** "1.66" and "6667": what one reads, and what one sees moving. */
function split(value: bigint, asset: Asset, digits: number): [string, string] {
  const text = toDecimal(value < 0n ? 0n : value, asset.decimals, digits, "down");
  const cut = text.length - digits + 2;
  return [text.slice(0, cut), text.slice(cut)];
}
