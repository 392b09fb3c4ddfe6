"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { serverTimeMs } from "./server-clock";

/** How often a page that shows money asks again: for top-ups, calls served, and ends that happened elsewhere. */
const EVERY_MS = 5_000;

/** Loads the page's data again while somebody looks at it, and right after the moment when a deposit runs out. */
export function KeepFresh({ atMs }: { atMs?: bigint | null }) {
  const router = useRouter();
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === "visible") router.refresh();
    };
    const interval = setInterval(refresh, EVERY_MS);
    document.addEventListener("visibilitychange", refresh);
    const leftMs = atMs ? Number(atMs) - serverTimeMs() : Number.NaN;
    const timer = leftMs > 0 && leftMs < 2 ** 31 ? setTimeout(refresh, leftMs + 250) : undefined;
    return () => {
      clearInterval(interval);
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [router, atMs]);
  return null;
}
