"use client";
import { Check, LoaderCircle, X } from "lucide-react";
import { useMemo } from "react";
import { Amount } from "@/components/ui/amount";
import type { Asset } from "@/lib/domain/asset";
import { formatRate } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import type { BulkOutcome } from "./close-on-chain";
import { type LiveTerm, LiveTotal } from "./live-total";
import type { BulkState } from "./run-bulk";

type Props = {
  kind: "close" | "collect";
  streams: readonly StreamView[];
  viewer: string;
  states: ReadonlyMap<string, BulkState<BulkOutcome>>;
};

/** What each stream comes to, and all of them: moving until it is done. */
export function BulkLines({ kind, streams, viewer, states }: Props) {
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
  const sums = useMemo(() => sumsByAsset(streams, terms), [streams, terms]);
  const receives = (stream: StreamView) => stream.receiver.toLowerCase() === viewer.toLowerCase();

  return (
    <div className="overflow-hidden rounded-lg bg-sunken text-sm" data-testid="consequence">
      <table className="w-full table-fixed">
        <caption className="sr-only">What happens to the money</caption>
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
            const { asset } = stream;
            const settled = state?.phase === "done" && state.value.kind === "settled" ? state.value : null;
            const moving = state?.phase === "done" ? undefined : of;
            const live = { serverNowMs, asset };
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
                  {settled?.waits ? (
                    <span className="block text-soft text-xs">
                      A call under way holds a part: settled within minutes.
                    </span>
                  ) : null}
                </th>
                <td className="px-3 py-1.5 text-right">
                  {settled ? (
                    <Amount value={settled.paid} asset={asset} symbol={false} rounding="down" />
                  ) : moving ? (
                    <LiveTotal label={`Paid to ${stream.provider.name}`} terms={[moving.paid]} {...live} />
                  ) : null}
                </td>
                {kind === "close" ? (
                  <td className="px-3 py-1.5 text-right">
                    {settled ? (
                      <Amount value={settled.returned} asset={asset} symbol={false} rounding="down" />
                    ) : moving && stream.rail !== "superfluid" ? (
                      <LiveTotal
                        label={`Returned by ${stream.provider.name}`}
                        terms={[moving.back]}
                        {...live}
                      />
                    ) : null}
                  </td>
                ) : null}
              </tr>
            );
          })}
        </tbody>
        {states.size === 0 ? (
          <tfoot>
            {sums.map(({ asset, paid, back }) => (
              <tr key={asset.symbol} className="border-line-strong border-t font-semibold">
                <th scope="row" className="px-3 py-2 text-left">
                  In all, {asset.symbol}
                </th>
                <td className="px-3 py-2 text-right">
                  <LiveTotal label="Paid in all" terms={paid} serverNowMs={serverNowMs} asset={asset} />
                </td>
                {kind === "close" ? (
                  <td className="px-3 py-2 text-right">
                    <LiveTotal label="Returned in all" terms={back} serverNowMs={serverNowMs} asset={asset} />
                  </td>
                ) : null}
              </tr>
            ))}
          </tfoot>
        ) : null}
      </table>
    </div>
  );
}

function Mark({ state }: { state: BulkState<BulkOutcome> | undefined }) {
  const look = "size-3.5 shrink-0";
  if (state?.phase === "sent")
    return <LoaderCircle aria-label="Under way" className={`${look} animate-spin`} />;
  if (state?.phase === "done") return <Check aria-label="Done" className={`${look} text-flow`} />;
  if (state?.phase === "failed") return <X aria-label="Failed" className={`${look} text-stop`} />;
  return null;
}

type Terms = { paid: LiveTerm; back: LiveTerm };
type Sum = { asset: Asset; paid: LiveTerm[]; back: LiveTerm[] };

/** Money of one kind can be added up. What did not flow on Superfluid never left its sender, so it does not come back. */
function sumsByAsset(streams: readonly StreamView[], terms: readonly Terms[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const [index, { asset, rail }] of streams.entries()) {
    const of = terms[index];
    if (!of) continue;
    const sum = sums.get(asset.symbol) ?? { asset, paid: [], back: [] };
    sum.paid.push(of.paid);
    if (rail !== "superfluid") sum.back.push(of.back);
    sums.set(asset.symbol, sum);
  }
  return [...sums.values()];
}
