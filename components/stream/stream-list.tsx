"use client";
import { CircleX, HandCoins } from "lucide-react";
import { type MouseEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { StreamView } from "@/lib/streams/stream-view";
import { BulkDialog } from "./bulk-dialog";
import { rowColumns, StreamRow } from "./stream-row";

type Props = { streams: readonly StreamView[]; viewer: string };
type Bulk = { kind: "close" | "collect"; streams: readonly StreamView[] };

/** Streams with live counters. Several can be chosen (with Shift, all between) and closed, or collected from, at once. */
export function StreamList({ streams, viewer }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // As they were when they were chosen: a refresh behind the dialog changes nothing in it.
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const last = useRef<string | null>(null);

  const open = streams.filter(canClose);
  const picked = open.filter(({ id }) => chosen.has(id));
  const receives = ({ receiver }: StreamView) => receiver.toLowerCase() === viewer.toLowerCase();
  const symbols = [...new Set(streams.map(({ asset }) => asset.symbol))];
  // On the chain each is collected by a transaction of its own, from its page.
  const collectable = picked.filter((stream) => receives(stream) && stream.rail === "ledger");

  function pick(id: string, event: MouseEvent<HTMLInputElement>) {
    const on = event.currentTarget.checked;
    const from = open.findIndex((stream) => stream.id === last.current);
    const to = open.findIndex((stream) => stream.id === id);
    const range = event.shiftKey && from >= 0 ? open.slice(Math.min(from, to), Math.max(from, to) + 1) : [];
    setChosen((before) => {
      const next = new Set(before);
      for (const each of [id, ...range.map((stream) => stream.id)]) on ? next.add(each) : next.delete(each);
      return next;
    });
    last.current = id;
  }

  return (
    <>
      <div className="sm:overflow-hidden sm:rounded-xl sm:border sm:border-line sm:bg-card sm:shadow-card">
        <div
          className={cn(
            "flex min-h-11 items-center gap-x-3 px-4 text-faint text-xs max-sm:mb-2 sm:grid sm:gap-x-4 sm:border-line sm:border-b",
            rowColumns,
          )}
        >
          {open.length > 0 ? (
            <label className="-m-2 grid place-items-center p-2">
              <input
                type="checkbox"
                className="size-4 accent-flow"
                aria-label="Choose all open streams on this page"
                checked={picked.length === open.length}
                ref={(box) => {
                  if (box) box.indeterminate = picked.length > 0 && picked.length < open.length;
                }}
                onChange={(event) => setChosen(new Set(event.target.checked ? open.map(({ id }) => id) : []))}
              />
            </label>
          ) : (
            <span />
          )}
          <span className="sm:hidden">{open.length > 0 ? "Choose all" : null}</span>
          {[
            "With",
            "State",
            symbols.length === 1 ? `Accrued, ${symbols[0]}` : "Accrued",
            "Runway",
            "Deposit",
          ].map((name, index) => (
            <span
              key={name}
              aria-hidden
              className={cn("font-medium max-sm:hidden", index > 1 && "text-right")}
            >
              {name}
            </span>
          ))}
        </div>
        <ul aria-label="Your streams" className="max-sm:grid max-sm:gap-3">
          {streams.map((stream) => (
            <StreamRow
              key={stream.id}
              stream={stream}
              viewer={viewer}
              chosen={chosen.has(stream.id)}
              box={
                canClose(stream) ? (
                  <label className="-m-2.5 grid place-items-center p-2.5">
                    <input
                      type="checkbox"
                      className="size-4 accent-flow"
                      aria-label={`Choose the stream with ${stream.provider.name}`}
                      checked={chosen.has(stream.id)}
                      onClick={(event) => pick(stream.id, event)}
                      onChange={() => {}}
                    />
                  </label>
                ) : null
              }
            />
          ))}
        </ul>
      </div>

      {picked.length > 0 ? (
        <section
          aria-label="Chosen streams"
          className="sticky bottom-4 z-20 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center justify-center gap-2 rounded-xl border border-line bg-card p-2 shadow-over"
        >
          <p role="status" className="px-2 text-sm">
            {picked.length} chosen
          </p>
          {collectable.length > 0 ? (
            <Button size="sm" onClick={() => setBulk({ kind: "collect", streams: collectable })}>
              <HandCoins aria-hidden /> Collect from {collectable.length}
            </Button>
          ) : null}
          <Button size="sm" tone="stop" onClick={() => setBulk({ kind: "close", streams: picked })}>
            <CircleX aria-hidden /> Close {picked.length}
          </Button>
          <Button size="sm" tone="quiet" onClick={() => setChosen(new Set())}>
            Choose none
          </Button>
        </section>
      ) : null}

      {bulk ? (
        <BulkDialog
          {...bulk}
          viewer={viewer}
          onClose={() => {
            setBulk(null);
            setChosen(new Set());
          }}
        />
      ) : null}
    </>
  );
}

function canClose({ status }: StreamView): boolean {
  return status === "active" || status === "paused" || status === "exhausted";
}
