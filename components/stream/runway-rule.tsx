"use client";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { LocalTime } from "@/components/ui/local-time";
import { amountOver } from "@/lib/domain/rate";
import { formatDuration, formatToken } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { AutoTopUpDialog } from "./auto-top-up-dialog";
import { AutoTopUpOffDialog } from "./auto-top-up-off-dialog";
import type { StreamActionSet } from "./stream-actions-type";

type Props = {
  stream: StreamView;
  /** Null for the receiver, who may read the rule and not change it. */
  send: StreamActionSet["setAutoTopUp"] | null;
};

/** The standing order of a stream, said in one line beside its runway, and changed there. */
export function RunwayRule({ stream, send }: Props) {
  const [open, setOpen] = useState<"change" | "off" | null>(null);
  // A dialog keeps the stream as it was when it was opened.
  const [shown, setShown] = useState(stream);
  const { autoTopUp: rule } = stream;
  const show = (name: "change" | "off") => () => {
    setShown(stream);
    setOpen(name);
  };

  return (
    <section
      aria-label="Automatic top-up"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t px-5 py-3 text-sm sm:px-7"
    >
      <p className="flex min-w-0 flex-1 basis-64 items-start gap-2.5">
        <RefreshCw
          aria-hidden
          className={rule ? "mt-0.5 size-4 shrink-0 text-flow" : "mt-0.5 size-4 shrink-0 text-faint"}
        />
        <span className="text-soft">
          {rule ? (
            <RuleText stream={stream} />
          ) : stream.rail === "superfluid" ? (
            "No automatic top-up: the stream runs until the sender’s balance is spent."
          ) : (
            "No automatic top-up: the stream stops when its deposit is empty."
          )}
        </span>
      </p>
      {send ? (
        <div className="flex gap-1">
          {rule ? (
            <>
              <Button size="sm" onClick={show("change")}>
                Change the rule
              </Button>
              <Button size="sm" tone="quiet" onClick={show("off")}>
                Turn off
              </Button>
            </>
          ) : (
            <Button size="sm" onClick={show("change")}>
              Top up by itself
            </Button>
          )}
        </div>
      ) : null}
      {send && open === "change" ? (
        <AutoTopUpDialog stream={shown} send={send} onClose={() => setOpen(null)} />
      ) : null}
      {send && open === "off" ? (
        <AutoTopUpOffDialog stream={shown} send={send} onClose={() => setOpen(null)} />
      ) : null}
    </section>
  );
}

function RuleText({ stream: { autoTopUp: rule, asset, rate, serverNowMs } }: { stream: StreamView }) {
  if (!rule) return null;
  const chunk = amountOver(rate, rule.chunkMs, "ceil");
  const over = rule.expiresMs !== null && rule.expiresMs <= serverNowMs;
  const text = `Adds ${formatDuration(rule.chunkMs)} when less than ${formatDuration(rule.triggerMs)} is left, at most ${formatToken(rule.dailyMax, asset)} a day`;
  return (
    <>
      {text}
      {rule.expiresMs === null ? null : (
        <>
          , until <LocalTime ms={rule.expiresMs} />
        </>
      )}
      .
      {over ? (
        <strong className="block font-medium text-stop">It has expired: nothing is added any more.</strong>
      ) : chunk > rule.dailyMax ? (
        <strong className="block font-medium text-stop">
          At today’s rate one top-up is {formatToken(chunk, asset, { rounding: "up" })}: more than a day may
          take, so nothing is added.
        </strong>
      ) : null}
    </>
  );
}
