import { formatDuration } from "@/lib/format";

/** Small figures of the status page, for people. */
export function perSecond(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString("en-GB") : rate.toFixed(1);
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return "–";
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Two digits more where it matters: 0.12 % is not 0 %. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 2 : 0)} %`;
}

/** @param ms milliseconds since then; a clock that went back counts as now */
export function ago(ms: number): string {
  return `${formatDuration(BigInt(Math.max(0, Math.round(ms))))} ago`;
}
