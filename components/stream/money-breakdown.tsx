import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { cn } from "@/components/ui/cn";
import { Notice } from "@/components/ui/notice";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { LiveAmount } from "./live-amount";
import { LiveBar } from "./live-bar";

/** Where every base unit of a stream's deposit is. The lines add up to what was put in, at every moment. */
export function MoneyBreakdown({ stream }: { stream: StreamView }) {
  const { asset, funded, billed, used, held, refunded, remaining, serverNowMs } = stream;
  const anchor = anchorOf(stream);
  const earned = stream.accrued + used - billed;
  const settled = stream.status === "settled";
  const gap = settled ? funded - billed - refunded : earned < 0n ? earned : remaining < 0n ? remaining : 0n;
  const live = { anchor, serverNowMs, asset, digits: 9 };

  return (
    <div className="grid gap-3">
      <LiveBar anchor={anchor} funded={funded} used={used} serverNowMs={serverNowMs} />
      <dl className="grid gap-y-1.5 text-sm">
        <Line label="Paid to the provider" swatch="bg-flow">
          <Amount value={billed} asset={asset} digits={9} symbol={false} />
        </Line>
        {!settled && (anchor.running || earned > 0n) ? (
          <Line label="Earned, not paid out yet" swatch="bg-flow">
            <LiveAmount label="Earned, not paid out yet" base={used - billed} {...live} />
          </Line>
        ) : null}
        {held > 0n ? (
          <Line label="Held for calls in progress" swatch="bg-line-strong">
            <Amount value={held} asset={asset} digits={9} symbol={false} />
          </Line>
        ) : null}
        {!settled && (anchor.running || remaining > 0n) ? (
          <Line label="Still locked" swatch="bg-line">
            <LiveAmount label="Still locked" sign={-1} base={funded - used - held} {...live} />
          </Line>
        ) : null}
        <Line label="Returned to the sender" swatch="bg-line-strong">
          <Amount value={refunded} asset={asset} digits={9} symbol={false} />
        </Line>
        <Line label="Put in" total>
          <Amount value={funded} asset={asset} digits={9} />
        </Line>
      </dl>
      {gap === 0n ? null : (
        <Notice tone="stop" title="These figures do not add up">
          They differ by <Amount value={gap < 0n ? -gap : gap} asset={asset} digits={18} />. Money does not
          vanish here: please report this stream.
        </Notice>
      )}
    </div>
  );
}

type LineProps = { label: string; swatch?: string; total?: boolean; children: ReactNode };

function Line({ label, swatch, total, children }: LineProps) {
  return (
    <div
      className={cn("flex items-baseline gap-2.5", total && "mt-1 border-line border-t pt-2.5 font-semibold")}
    >
      {swatch ? <span aria-hidden className={cn("size-2 self-center rounded-full", swatch)} /> : null}
      <dt className={total ? "" : "text-soft"}>{label}</dt>
      <dd className="ml-auto">{children}</dd>
    </div>
  );
}
