"use client";
import { useSyncExternalStore } from "react";
import type { Asset } from "@/lib/domain/asset";
import { parseStreamEvent, sentenceFor } from "@/lib/domain/stream-event";
import type { StreamEventView } from "@/lib/streams/list-stream-events";

type Props = { events: readonly StreamEventView[]; asset: Asset };

const subscribe = () => () => {};

/** What happened to a stream, newest first, a plain sentence each. Times are the reader's; the exact one on hover. */
export function EventsList({ events, asset }: Props) {
  const inBrowser = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  const time = new Intl.DateTimeFormat(inBrowser ? undefined : "en-GB", {
    timeStyle: "medium",
    ...(inBrowser ? {} : { timeZone: "UTC" }),
  });
  const day = new Intl.DateTimeFormat(inBrowser ? undefined : "en-GB", {
    dateStyle: "medium",
    ...(inBrowser ? {} : { timeZone: "UTC" }),
  });

  return (
    <ol
      aria-label="Events"
      className="relative grid gap-4 before:absolute before:inset-y-2 before:left-[3px] before:w-px before:bg-line"
    >
      {events.toReversed().map(({ seq, kind, atMs, data }) => {
        const at = new Date(Number(atMs));
        const { text } = sentenceFor(parseStreamEvent(kind, atMs, data), asset, (ms) =>
          time.format(Number(ms)),
        );
        return (
          <li key={seq} className="relative pl-5 text-sm">
            <span aria-hidden className="absolute top-1.5 left-0 size-[7px] rounded-full bg-flow" />
            <p>{text}</p>
            <time dateTime={at.toISOString()} title={at.toISOString()} className="text-faint text-xs">
              {day.format(at)}
            </time>
          </li>
        );
      })}
    </ol>
  );
}
