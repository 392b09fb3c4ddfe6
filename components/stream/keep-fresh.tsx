"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useTransition } from "react";
import { serverTimeMs } from "./server-clock";

/** How often a page that shows money asks again: for top-ups, calls served, and ends that happened elsewhere. */
const EVERY_MS = 5_000;

type Props = { atMs?: bigint | null; everyMs?: number };

/** Loads the page's data again while somebody looks at it, and right after the moment when a deposit runs out. */
export function KeepFresh({ atMs, everyMs = EVERY_MS }: Props) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  // A slow server is not asked again before it has answered: each asking would throw the answer before it away.
  const asking = useRef(false);
  useEffect(() => {
    asking.current = pending;
  }, [pending]);

  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === "visible" && !asking.current) startTransition(() => router.refresh());
    };
    const interval = setInterval(refresh, everyMs);
    document.addEventListener("visibilitychange", refresh);
    const leftMs = atMs ? Number(atMs) - serverTimeMs() : Number.NaN;
    const timer = leftMs > 0 && leftMs < 2 ** 31 ? setTimeout(refresh, leftMs + 250) : undefined;
    return () => {
      clearInterval(interval);
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [router, atMs, everyMs]);
  return null;
}
