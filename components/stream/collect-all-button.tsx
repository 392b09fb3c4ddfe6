"use client";
import { HandCoins } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { ProgressBar } from "@/components/ui/progress-bar";
import { paths } from "@/lib/paths";
import type { StreamsOverview } from "@/lib/streams/get-streams-overview";
import { type Collected, collectAll, nothingCollected } from "./collect-all";
import { MoneyDialog } from "./money-dialog";
import { collectPageOverApi } from "./settle-stream";
import type { MoneyState } from "./use-money-action";

type Props = { overview: Pick<StreamsOverview, "asset" | "collectable" | "collectableStreams"> };

/** The receiver takes what has accrued in all its streams, on whatever page of the list they are; they go on. */
export function CollectAllButton({ overview }: Props) {
  // As it was when it was opened: a refresh behind the dialog changes nothing in it.
  const [shown, setShown] = useState<Props["overview"] | null>(null);
  return (
    <>
      {overview.collectable > 0n ? (
        <Button onClick={() => setShown(overview)}>
          <HandCoins aria-hidden /> Collect from all streams
        </Button>
      ) : null}
      {shown ? <CollectAllDialog {...shown} onClose={() => setShown(null)} /> : null}
    </>
  );
}

type DialogProps = Props["overview"] & { onClose: () => void };

function CollectAllDialog({ asset, collectable, collectableStreams, onClose }: DialogProps) {
  const [state, setState] = useState<MoneyState<Collected>>({ phase: "asking" });
  const [soFar, setSoFar] = useState(nothingCollected);

  async function collect() {
    setState({ phase: "sent" });
    try {
      setState({ phase: "confirmed", value: await collectAll(collectPageOverApi, soFar, setSoFar) });
    } catch (error) {
      const detail = error instanceof Error ? error.message : "It failed.";
      setState({ phase: "refused", problem: { title: "Collecting stopped", detail } });
    }
  }

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Collect from all streams"
      description="Takes what has accrued so far into your wallet. The streams go on."
      consequence={
        soFar.streams === 0 ? (
          <>
            <strong>
              <Amount value={collectable} asset={asset} rounding="down" />
            </strong>{" "}
            has accrued in {streamCount(collectableStreams)} by now. It goes to your wallet, with what accrues
            until you confirm. It costs the senders nothing more.
          </>
        ) : (
          <>
            <Sum soFar={soFar} asset={asset} /> The rest goes there when you try again; nothing is ever
            collected twice.
          </>
        )
      }
      confirm={state.phase === "refused" ? "Try again" : "Collect"}
      state={state}
      onConfirm={() => void collect()}
      done={(all) => (
        <>
          <Sum soFar={all} asset={asset} /> Each amount is in your{" "}
          <Link href={paths.wallet} className="font-medium text-ink underline underline-offset-4">
            statement
          </Link>
          .
        </>
      )}
    >
      {state.phase === "sent" ? (
        <ProgressBar done={soFar.streams} of={Math.max(collectableStreams, soFar.streams)} />
      ) : null}
    </MoneyDialog>
  );
}

type SumProps = { soFar: Collected; asset: StreamsOverview["asset"] };

function Sum({ soFar: { collected, streams, partly }, asset }: SumProps) {
  return (
    <>
      {partly ? "At least " : null}
      <strong>
        <Amount value={collected} asset={asset} digits={asset.decimals} />
      </strong>{" "}
      from {streamCount(streams)} is in your wallet.
    </>
  );
}

function streamCount(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "stream" : "streams"}`;
}
