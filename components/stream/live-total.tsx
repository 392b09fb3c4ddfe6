"use client";
import { useEffect, useRef } from "react";
import { cn } from "@/components/ui/cn";
import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import { type LiveAnchor, liveAccrued } from "@/lib/domain/live-accrued";
import { joinLiveLoop } from "./live-loop";
import { noteServerTime } from "./server-clock";

/** One stream's part of a sum: accrued × sign + plus. */
export type LiveTerm = { anchor: LiveAnchor; sign: 1 | -1; plus: bigint };

type Props = {
  label: string;
  terms: readonly LiveTerm[];
  serverNowMs: bigint;
  asset: Asset;
  digits?: number;
  className?: string;
};

/** The sum of what many streams come to, moving with them; each is rounded down to the digits shown. */
export function LiveTotal({ label, terms, serverNowMs, asset, digits = 6, className }: Props) {
  const output = useRef<HTMLOutputElement>(null);

  useEffect(() => {
    noteServerTime(serverNowMs);
    const element = output.current;
    const text = element?.firstChild;
    if (!element || !text) return;
    return joinLiveLoop(element, (nowMs) => {
      const next = shown(terms, BigInt(Math.floor(nowMs)), asset, digits);
      if (text.nodeValue !== next) text.nodeValue = next;
    });
  }, [terms, serverNowMs, asset, digits]);

  return (
    <output
      ref={output}
      aria-label={label}
      aria-live="off"
      className={cn("whitespace-nowrap tabular-nums", className)}
    >
      {shown(terms, serverNowMs, asset, digits)}
    </output>
  );
}

/** Each part is cut to the digits that are shown before they are added, so that a column adds up to its foot, digit for digit. */
function shown(terms: readonly LiveTerm[], nowMs: bigint, asset: Asset, digits: number): string {
  const places = Math.min(digits, asset.decimals);
  const step = 10n ** BigInt(asset.decimals - places);
  let steps = 0n;
  for (const { anchor, sign, plus } of terms) {
    const accrued = liveAccrued(anchor, nowMs);
    const value = plus + (sign === 1 ? accrued : -accrued);
    if (value > 0n) steps += value / step;
  }
  return toDecimal(steps, places, places, "down");
}
