"use client";
import { useEffect, useRef } from "react";
import { cn } from "@/components/ui/cn";
import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import { type LiveAnchor, liveAccrued } from "@/lib/domain/live-accrued";
import { joinLiveLoop } from "./live-loop";
import { noteServerTime, serverTimeMs } from "./server-clock";
import { shownDifference } from "./shown-difference";

type Props = {
  label: string;
  anchor: LiveAnchor;
  /** 1: accrued + plus − minus, which counts up. -1: plus − (accrued + minus), which counts down. */
  sign?: 1 | -1;
  plus?: bigint;
  minus?: bigint;
  serverNowMs: bigint;
  asset: Asset;
  /** Digits after the point. The first two are read, the rest are seen to move. */
  digits?: number;
  className?: string;
};

/** An amount that moves every frame, exact to the base unit. It writes to text nodes, so React never renders per frame. */
export function LiveAmount(props: Props) {
  const { label, anchor, sign = 1, plus = 0n, minus = 0n, serverNowMs, asset, digits = 6, className } = props;
  const output = useRef<HTMLOutputElement>(null);
  const [head, tail] = split(boundsAt({ anchor, sign, plus, minus }, serverNowMs), asset, digits);

  useEffect(() => {
    noteServerTime(serverNowMs);
    const element = output.current;
    const headNode = element?.firstElementChild?.firstChild;
    const tailNode = element?.lastElementChild?.firstChild;
    if (!element || !headNode || !tailNode) return;

    const moving = { anchor, sign, plus, minus };
    const showExact = () => {
      const [high, low] = boundsAt(moving, BigInt(Math.floor(serverTimeMs())));
      element.title = `${toDecimal(atLeast0(high - low), asset.decimals, asset.decimals, "down")} ${asset.symbol}`;
    };
    const leave = joinLiveLoop(element, (nowMs) => {
      const [nextHead, nextTail] = split(boundsAt(moving, BigInt(Math.floor(nowMs))), asset, digits);
      if (headNode.nodeValue !== nextHead) headNode.nodeValue = nextHead;
      if (tailNode.nodeValue !== nextTail) tailNode.nodeValue = nextTail;
    });
    element.addEventListener("pointerenter", showExact);
    return () => {
      leave();
      element.removeEventListener("pointerenter", showExact);
    };
  }, [anchor, sign, plus, minus, serverNowMs, asset, digits]);

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

type Moving = { anchor: LiveAnchor; sign: 1 | -1; plus: bigint; minus: bigint };

/** The amount is the difference of two: keeping both lets neighbouring lines be cut so that they still add up. */
function boundsAt({ anchor, sign, plus, minus }: Moving, nowMs: bigint): [high: bigint, low: bigint] {
  const accrued = liveAccrued(anchor, nowMs);
  return sign === 1 ? [accrued + plus, minus] : [plus, accrued + minus];
}

/** "1.66" and "6667": what one reads, and what one sees moving. */
function split([high, low]: [bigint, bigint], asset: Asset, digits: number): [string, string] {
  const text = shownDifference(high, low, asset, digits);
  const cut = text.length - Math.min(digits, asset.decimals) + 2;
  return [text.slice(0, cut), text.slice(cut)];
}

function atLeast0(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
