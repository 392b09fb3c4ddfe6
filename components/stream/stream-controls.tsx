"use client";
import { CirclePause, CirclePlay, CirclePlus, CircleX, HandCoins, Layers } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { StreamView } from "@/lib/streams/stream-view";
import { ChangeTierDialog } from "./change-tier-dialog";
import { CloseDialog } from "./close-dialog";
import { CollectDialog } from "./collect-dialog";
import { PauseDialog, ResumeDialog } from "./pause-dialog";
import type { StreamActionSet, TierChoice } from "./stream-actions-type";
import { TopUpDialog } from "./top-up-dialog";

type Name = "topUp" | "tier" | "pause" | "resume" | "close" | "collect";

type Props = {
  stream: StreamView;
  tiers: readonly TierChoice[];
  /** Of the ledger; null where the money comes from a wallet on a chain. */
  walletBalance: bigint | null;
  role: "sender" | "receiver";
  actions: StreamActionSet;
};

/** What can be done with a stream in its state. Every button asks before money moves. */
export function StreamControls({ stream, tiers, walletBalance, role, actions }: Props) {
  const [open, setOpen] = useState<Name | null>(null);
  // A dialog keeps the stream as it was when it was opened, so that a refresh behind it changes nothing in it.
  const [shown, setShown] = useState(stream);
  const onClose = () => setOpen(null);
  const show = (name: Name) => () => {
    setShown(stream);
    setOpen(name);
  };
  const { status } = stream;
  const flows = status === "active" || status === "exhausted";
  // StreamPay keeps the rate it was opened at and takes money only before its end; a flow is paid from a balance, to which a top-up adds.
  // Neither can pause.
  const can = {
    topUp: stream.rail === "streampay" ? status === "active" : stream.rail === "ledger" || flows,
    changeTier: stream.rail !== "streampay" && (status === "active" || status === "paused"),
    pause: stream.rail === "ledger" && status === "active",
    resume: stream.rail === "ledger" && status === "paused",
    collect: stream.rail !== "superfluid" && (flows || status === "paused"),
  };
  if (status !== "active" && status !== "paused" && status !== "exhausted" && !open) return null;

  return (
    <section aria-label="Stream controls" className="flex flex-wrap gap-2 [&>button]:px-3">
      {role === "sender" ? (
        <>
          {can.topUp ? (
            <Button tone="flow" onClick={show("topUp")}>
              <CirclePlus aria-hidden /> Top up
            </Button>
          ) : null}
          {can.changeTier ? (
            <Button onClick={show("tier")}>
              <Layers aria-hidden /> Change tier
            </Button>
          ) : null}
          {can.pause ? (
            <Button onClick={show("pause")}>
              <CirclePause aria-hidden /> Pause
            </Button>
          ) : null}
          {can.resume ? (
            <Button onClick={show("resume")}>
              <CirclePlay aria-hidden /> Resume
            </Button>
          ) : null}
        </>
      ) : can.collect ? (
        <Button tone="flow" onClick={show("collect")}>
          <HandCoins aria-hidden /> Collect
        </Button>
      ) : null}
      <Button tone="stop" onClick={show("close")}>
        <CircleX aria-hidden /> Close stream
      </Button>

      {open === "topUp" ? (
        <TopUpDialog stream={shown} walletBalance={walletBalance} send={actions.topUp} onClose={onClose} />
      ) : null}
      {open === "tier" ? (
        <ChangeTierDialog stream={shown} tiers={tiers} send={actions.changeTier} onClose={onClose} />
      ) : null}
      {open === "pause" ? <PauseDialog stream={shown} send={actions.pause} onClose={onClose} /> : null}
      {open === "resume" ? <ResumeDialog stream={shown} send={actions.resume} onClose={onClose} /> : null}
      {open === "collect" ? <CollectDialog stream={shown} send={actions.collect} onClose={onClose} /> : null}
      {open === "close" ? (
        <CloseDialog stream={shown} asReceiver={role === "receiver"} send={actions.close} onClose={onClose} />
      ) : null}
    </section>
  );
}
