"use client";
import { useInBrowser } from "./use-in-browser";

const full = { dateStyle: "medium", timeStyle: "medium" } as const;

type Props = { ms: number | bigint; style?: "full" | "time" | "date"; className?: string };

/** A moment in the reader's zone; the exact ISO time on hover. The server writes UTC, which is the same width. */
export function LocalTime({ ms, style = "full", className }: Props) {
  const date = new Date(Number(ms));
  const inBrowser = useInBrowser();
  const options =
    style === "full"
      ? full
      : style === "time"
        ? { timeStyle: "medium" as const }
        : { dateStyle: "medium" as const };
  const text = new Intl.DateTimeFormat(inBrowser ? undefined : "en-GB", {
    ...options,
    ...(inBrowser ? {} : { timeZone: "UTC" }),
  }).format(date);
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()} className={className}>
      {text}
    </time>
  );
}
