"use client";
import { LocalTime } from "@/components/ui/local-time";
import { useInBrowser } from "@/components/ui/use-in-browser";
import type { Asset } from "@/lib/domain/asset";
import { parseStreamEvent, sentenceFor } from "@/lib/domain/stream-event";
import type { StreamEventView } from "@/lib/streams/list-stream-events";

type Props = { events: readonly StreamEventView[]; asset: Asset };

/** What happened to a stream, newest first, a plain sentence each. Times are the reader's; the exact one on hover. */
export function EventsList({ events, asset }: Props) {
  const inBrowser = useInBrowser();
  const time = new Intl.DateTimeFormat(inBrowser ? undefined : "en-GB", {
    timeStyle: "medium",
    ...(inBrowser ? {} : { timeZone: "UTC" }),
  });

  return (
    <ol
      aria-label="Events"
      className="relative grid gap-4 before:absolute before:inset-y-2 before:left-[3px] before:w-px before:bg-line"
    >
      {events.toReversed().map(({ seq, kind, atMs, data }) => {
        const { text } = sentenceFor(parseStreamEvent(kind, atMs, data), asset, (ms) =>
          time.format(Number(ms)),
        );
        return (
          <li key={seq} className="relative pl-5 text-sm">
            <span aria-hidden className="absolute top-1.5 left-0 size-[7px] rounded-full bg-flow" />
            <p>{text}</p>
            <LocalTime ms={atMs} style="date" className="text-faint text-xs" />
          </li>
        );
      })}
    </ol>
  );
}
