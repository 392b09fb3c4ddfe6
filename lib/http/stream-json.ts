import type { StreamView } from "@/lib/streams/stream-view";

/** A stream as operations answer it: counts of calls are numbers, because they are no money. */
export function streamJson(stream: StreamView) {
  return { ...stream, served: Number(stream.served), denied: Number(stream.denied) };
}
