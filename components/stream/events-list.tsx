import { LocalTime } from "@/components/ui/local-time";
import type { StreamEventView } from "@/lib/streams/list-stream-events";

/** What happened to a stream, newest first, a plain sentence each. */
export function EventsList({ events }: { events: readonly StreamEventView[] }) {
  return (
    <ol
      aria-label="Events"
      className="relative grid gap-4 before:absolute before:inset-y-2 before:left-[3px] before:w-px before:bg-line"
    >
      {events.toReversed().map(({ seq, atMs, sentence }) => (
        <li key={seq} className="relative pl-5 text-sm">
          <span aria-hidden className="absolute top-1.5 left-0 size-[7px] rounded-full bg-flow" />
          <p>{sentence}</p>
          <LocalTime ms={atMs} className="text-faint text-xs" />
        </li>
      ))}
    </ol>
  );
}
