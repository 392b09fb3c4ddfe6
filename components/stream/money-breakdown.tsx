import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { cn } from "@/components/ui/cn";
import { Notice } from "@/components/ui/notice";
import { toDecimal } from "@/lib/domain/decimal";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { LiveAmount } from "./live-amount";
import { LiveBar } from "./live-bar";
import { shownDifference } from "./shown-difference";

const DIGITS = 9;

/** Where every base unit is of what a stream can pay from. */
export function MoneyBreakdown({ stream }: { stream: StreamView }) {
  return stream.rail === "superfluid" ? <OfFlow stream={stream} /> : <OfDeposit stream={stream} />;
}

/** A flow has no deposit: what flows has arrived, and the rest is in a balance that the sender may spend otherwise. */
function OfFlow({ stream }: { stream: StreamView }) {
  const { asset, funded, billed, used, serverNowMs } = stream;
  const anchor = anchorOf(stream);
  const live = { anchor, serverNowMs, asset, digits: DIGITS };
  const over = stream.status === "settled";
  return (
    <div className="grid gap-3">
      <LiveBar anchor={anchor} funded={funded} used={used} serverNowMs={serverNowMs} />
      <dl className="grid gap-y-1.5 text-sm">
        <Line label="Flowed to the provider" swatch="bg-flow">
          {over ? (
            <Amount value={billed} asset={asset} digits={DIGITS} rounding="down" symbol={false} />
          ) : (
            <LiveAmount label="Flowed to the provider" {...live} />
          )}
        </Line>
        {over ? null : (
          <Line label="Left in the sender’s balance" swatch="bg-line">
            <LiveAmount label="Left in the sender’s balance" sign={-1} plus={funded} {...live} />
          </Line>
        )}
      </dl>
      <Gap stream={stream} />
    </div>
  );
}

/**
 * The lines stand end to end from 0 to what was put in, and each shows the difference of its two ends: so they add up at every moment, in
 * what is shown too.
 */
function OfDeposit({ stream }: { stream: StreamView }) {
  const { asset, funded, billed, used, held, refunded, serverNowMs } = stream;
  const anchor = anchorOf(stream);
  const settled = stream.status === "settled";
  const earned = stream.accrued + used;
  const live = { anchor, serverNowMs, asset, digits: DIGITS };
  const fixed = (high: bigint, low: bigint) => <Fixed high={high} low={low} stream={stream} />;

  return (
    <div className="grid gap-3">
      <LiveBar anchor={anchor} funded={funded} used={used} serverNowMs={serverNowMs} />
      <dl className="grid gap-y-1.5 text-sm">
        <Line label="Paid to the provider" swatch="bg-flow">
          {fixed(billed, 0n)}
        </Line>
        {settled ? null : (
          <>
            <Line label="Earned, not paid out yet" swatch="bg-flow">
              <LiveAmount label="Earned, not paid out yet" plus={used} minus={billed} {...live} />
            </Line>
            {held > 0n ? (
              <Line label="Held for calls in progress" swatch="bg-line-strong">
                {fixed(earned + held, earned)}
              </Line>
            ) : null}
            <Line label="Still locked" swatch="bg-line">
              <LiveAmount
                label="Still locked"
                sign={-1}
                plus={funded - refunded}
                minus={used + held}
                {...live}
              />
            </Line>
          </>
        )}
        <Line label="Returned to the sender" swatch="bg-line-strong">
          {fixed(funded, funded - refunded)}
        </Line>
        <Line label="Put in" total>
          <Amount value={funded} asset={asset} digits={DIGITS} rounding="down" />
        </Line>
      </dl>
      <Gap stream={stream} />
    </div>
  );
}

/** Shown only when the figures contradict each other: more paid out than earned, or a settlement with a remainder. */
function Gap({ stream }: { stream: StreamView }) {
  const { funded, billed, refunded, accrued, used, remaining } = stream;
  const unpaid = accrued + used - billed;
  const gap =
    stream.status === "settled"
      ? funded - billed - refunded
      : unpaid < 0n
        ? unpaid
        : remaining < 0n
          ? remaining
          : 0n;
  if (gap === 0n) return null;
  return (
    <Notice tone="stop" title="These figures do not add up">
      They differ by <Amount value={gap < 0n ? -gap : gap} asset={stream.asset} digits={18} />. Money does not
      vanish here: please report this stream.
    </Notice>
  );
}

function Fixed({ high, low, stream: { asset } }: { high: bigint; low: bigint; stream: StreamView }) {
  const exact = toDecimal(high > low ? high - low : 0n, asset.decimals, asset.decimals, "down");
  return (
    <span title={`${exact} ${asset.symbol}`} className="whitespace-nowrap tabular-nums">
      {shownDifference(high, low, asset, DIGITS)}
    </span>
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
