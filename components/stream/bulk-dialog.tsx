"use client";
import { Check, LoaderCircle, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo, useRef, useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import type { Asset } from "@/lib/domain/asset";
import { formatRate } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { LiveTotal } from "./live-total";
import { type BulkState, runBulk } from "./run-bulk";
import { closeOverApi, collectOverApi, type Settled } from "./settle-stream";

type Props = {
  kind: "close" | "collect";
  /** As they were when they were chosen; at least one. */
  streams: readonly StreamView[];
  viewer: string;
  onClose: () => void;
};

/**
 * Closes many streams, or collects from many: says before what it does to the money, in all and for each, then does it a
 * few at a time under a key for each stream, and says how each ended. What failed can be tried again.
 */
export function BulkDialog({ kind, streams, viewer, onClose }: Props) {
  const router = useRouter();
  const [states, setStates] = useState<ReadonlyMap<string, BulkState<Settled>>>(new Map());
  const [running, setRunning] = useState(false);
  const keys = useRef(new Map<string, string>());
  const count = streams.length;
  const many = `${count} ${count === 1 ? "stream" : "streams"}`;
  const ended = [...states.values()];
  const failed = streams.filter(({ id }) => states.get(id)?.phase === "failed");
  const done = ended.flatMap((state) => (state.phase === "done" ? [state.value] : []));
  const begun = states.size > 0;
  const asset = streams[0]?.asset;
  if (!asset) return null;

  async function start(chosen: readonly StreamView[]) {
    setRunning(true);
    const billed = new Map(chosen.map(({ id, billed: before }) => [id, before]));
    await runBulk(
      chosen.map(({ id }) => id),
      (id) => {
        const key = keys.current.get(id) ?? crypto.randomUUID();
        keys.current.set(id, key);
        return kind === "close" ? closeOverApi(id, key) : collectOverApi(id, key, billed.get(id) ?? 0n);
      },
      (id, state) => setStates((before) => new Map(before).set(id, state)),
    );
    setRunning(false);
  }

  function change(open: boolean) {
    if (open || running) return; // Answers are on their way: stay and show them.
    onClose();
    if (begun) router.refresh();
  }

  return (
    <Dialog
      open
      onOpenChange={change}
      title={kind === "close" ? `Close ${many}` : `Collect from ${many}`}
      description={
        kind === "close"
          ? "Each stops now and is settled to the last base unit. A closed stream cannot be opened again."
          : "Takes what has accrued so far into your wallet. The streams go on."
      }
    >
      <div className="grid gap-4">
        <Lines kind={kind} streams={streams} viewer={viewer} states={states} asset={asset} />
        {begun ? (
          <Progress
            kind={kind}
            done={done}
            failed={failed.length}
            count={count}
            running={running}
            asset={asset}
          />
        ) : null}
        <div className="flex flex-wrap justify-end gap-2">
          {!begun ? (
            <>
              <Button tone="quiet" onClick={() => change(false)}>
                Keep them
              </Button>
              <Button tone={kind === "close" ? "stop" : "flow"} onClick={() => void start(streams)}>
                {kind === "close" ? `Close ${many} and settle` : `Collect from ${many}`}
              </Button>
            </>
          ) : (
            <>
              {failed.length > 0 && !running ? (
                <Button tone="flow" onClick={() => void start(failed)}>
                  Try {failed.length} again
                </Button>
              ) : null}
              <Button busy={running} onClick={() => change(false)}>
                {running ? "Under way" : "Done"}
              </Button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

type LinesProps = Omit<Props, "onClose"> & { states: ReadonlyMap<string, BulkState<Settled>>; asset: Asset };

/** What each stream comes to, and all of them: moving until it is done. */
function Lines({ kind, streams, viewer, states, asset }: LinesProps) {
  const serverNowMs = streams[0]?.serverNowMs ?? 0n;
  const terms = useMemo(
    () =>
      streams.map((stream) => {
        const anchor = anchorOf(stream);
        return {
          paid: { anchor, sign: 1 as const, plus: stream.used - (kind === "collect" ? stream.billed : 0n) },
          back: { anchor, sign: -1 as const, plus: stream.funded - stream.used },
        };
      }),
    [streams, kind],
  );
  const paid = useMemo(() => terms.map(({ paid: term }) => term), [terms]);
  const back = useMemo(() => terms.map(({ back: term }) => term), [terms]);
  const live = { serverNowMs, asset };
  const receives = (stream: StreamView) => stream.receiver.toLowerCase() === viewer.toLowerCase();

  return (
    <div className="overflow-hidden rounded-lg bg-sunken text-sm" data-testid="consequence">
      <table className="w-full table-fixed">
        <caption className="sr-only">What happens to the money, in {asset.symbol}</caption>
        <thead className="text-faint text-xs">
          <tr>
            <th scope="col" className="px-3 pt-2.5 pb-1 text-left font-medium">
              Stream
            </th>
            <th scope="col" className="w-27 px-3 pt-2.5 pb-1 text-right font-medium">
              {kind === "close" ? "Paid" : "To you"}
            </th>
            {kind === "close" ? (
              <th scope="col" className="w-27 px-3 pt-2.5 pb-1 text-right font-medium">
                Returned
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {streams.map((stream, index) => {
            const state = states.get(stream.id);
            const of = terms[index];
            return (
              <tr key={stream.id} className="border-line border-t">
                <th scope="row" className="px-3 py-1.5 text-left font-normal">
                  <span className="flex items-center gap-1.5">
                    <Mark state={state} />
                    <span className="min-w-0">
                      <span className="block truncate">{stream.provider.name}</span>
                      <span className="block truncate text-faint text-xs">
                        {receives(stream) ? "pays you " : null}
                        {formatRate(stream.rate, asset)}
                      </span>
                    </span>
                  </span>
                  {state?.phase === "failed" ? (
                    <span className="block text-stop text-xs">{state.reason}</span>
                  ) : null}
                  {state?.phase === "done" && state.value.waits ? (
                    <span className="block text-soft text-xs">
                      A call under way holds a part: settled within minutes.
                    </span>
                  ) : null}
                </th>
                <td className="px-3 py-1.5 text-right">
                  {state?.phase === "done" ? (
                    <Amount value={state.value.paid} asset={asset} symbol={false} rounding="down" />
                  ) : of ? (
                    <LiveTotal label={`Paid to ${stream.provider.name}`} terms={[of.paid]} {...live} />
                  ) : null}
                </td>
                {kind === "close" ? (
                  <td className="px-3 py-1.5 text-right">
                    {state?.phase === "done" ? (
                      <Amount value={state.value.returned} asset={asset} symbol={false} rounding="down" />
                    ) : of ? (
                      <LiveTotal label={`Returned by ${stream.provider.name}`} terms={[of.back]} {...live} />
                    ) : null}
                  </td>
                ) : null}
              </tr>
            );
          })}
        </tbody>
        {states.size === 0 ? (
          <tfoot>
            <tr className="border-line-strong border-t font-semibold">
              <th scope="row" className="px-3 py-2 text-left">
                In all, {asset.symbol}
              </th>
              <td className="px-3 py-2 text-right">
                <LiveTotal label="Paid in all" terms={paid} {...live} />
              </td>
              {kind === "close" ? (
                <td className="px-3 py-2 text-right">
                  <LiveTotal label="Returned in all" terms={back} {...live} />
                </td>
              ) : null}
            </tr>
          </tfoot>
        ) : null}
      </table>
    </div>
  );
}

function Mark({ state }: { state: BulkState<Settled> | undefined }) {
  const look = "size-3.5 shrink-0";
  if (state?.phase === "sent")
    return <LoaderCircle aria-label="Under way" className={`${look} animate-spin`} />;
  if (state?.phase === "done") return <Check aria-label="Done" className={`${look} text-flow`} />;
  if (state?.phase === "failed") return <X aria-label="Failed" className={`${look} text-stop`} />;
  return null;
}

type ProgressProps = {
  kind: Props["kind"];
  done: readonly Settled[];
  failed: number;
  count: number;
  running: boolean;
  asset: Asset;
};

function Progress({ kind, done, failed, count, running, asset }: ProgressProps) {
  const verb = kind === "close" ? "closed" : "collected";
  if (running) return <ProgressBar done={done.length + failed} of={count} />;
  const paid = done.reduce((sum, value) => sum + value.paid, 0n);
  const returned = done.reduce((sum, value) => sum + value.returned, 0n);
  return (
    <Notice
      tone={failed > 0 ? "warn" : "good"}
      title={failed > 0 ? `${done.length} of ${count} ${verb}, ${failed} not` : `${count} ${verb}`}
    >
      {kind === "close" ? (
        <>
          <Amount value={paid} asset={asset} /> was paid, <Amount value={returned} asset={asset} /> came back.
        </>
      ) : (
        <>
          <Amount value={paid} asset={asset} /> is in your wallet.
        </>
      )}
      {failed > 0 ? " Try the others again: nothing is ever done twice." : null}
    </Notice>
  );
}
