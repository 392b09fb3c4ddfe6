import { ChevronRight, CircleCheck, TriangleAlert } from "lucide-react";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { LocalTime } from "@/components/ui/local-time";
import { Notice } from "@/components/ui/notice";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { formatToken } from "@/lib/format";
import type { ConservationFault, ConservationLine } from "@/lib/ledger/judge-conservation";
import type { StreamConservation } from "@/lib/ledger/stream-conservation";
import { shownDifference } from "./shown-difference";

const DIGITS = 9;

const names = {
  funded: { sign: "", text: "Put in" },
  paid: { sign: "=", text: "Paid" },
  refunded: { sign: "+", text: "Returned" },
  fees: { sign: "+", text: "Fees" },
  remaining: { sign: "+", text: "In escrow" },
} as const;

const kinds: Record<string, string> = {
  deposit: "Deposit",
  "top-up": "Top-up",
  "auto-top-up": "Automatic top-up",
  collect: "Collected",
  settle: "Paid out",
  refund: "Refund",
};

/** funded = paid + refunded + fees + remaining, recomputed from the journal; red, with the difference, when it is not so. */
export function ConservationCard({ books }: { books: StreamConservation }) {
  const { holds, lines, faults, asset, entryCount, hashedCount, difference } = books;
  return (
    <Card aria-labelledby="books" className={cn(!holds && "border-stop")}>
      <CardHeader>
        <CardTitle id="books">The books</CardTitle>
        {holds ? (
          <Badge tone="flow">
            <CircleCheck aria-hidden className="size-3.5" /> Adds up
          </Badge>
        ) : (
          <Badge tone="stop">
            <TriangleAlert aria-hidden className="size-3.5" /> Does not add up
          </Badge>
        )}
      </CardHeader>
      <CardBody className="grid gap-3">
        <p className="text-faint text-xs">
          Recomputed from the journal just now: {entryCount} {entryCount === 1 ? "entry" : "entries"} of this
          stream’s escrow, {hashedCount === entryCount ? "each" : `the newest ${hashedCount}`} hashed again.
        </p>
        {holds ? null : <Faults faults={faults} difference={difference} asset={asset} />}
        <div className="-mx-2 grid text-sm">
          {lines.map((line, index) => {
            // The terms stand end to end, so that what is shown adds up to the last digit shown.
            const low = lines.slice(1, Math.max(1, index)).reduce((sum, { amount }) => sum + amount, 0n);
            return <Line key={line.name} line={line} low={low} asset={asset} />;
          })}
        </div>
      </CardBody>
    </Card>
  );
}

type Asset = StreamConservation["asset"];

function Faults({
  faults,
  difference,
  asset,
}: {
  faults: readonly ConservationFault[];
  difference: bigint;
  asset: Asset;
}) {
  return (
    <Notice tone="stop" title="These books were changed">
      {difference === 0n ? null : (
        <p>
          They differ by <Exact value={difference} asset={asset} />.
        </p>
      )}
      <ul className="mt-1 grid gap-1.5">
        {faults.map(({ what, difference: by }) => (
          <li key={what} className="break-words">
            {what} {by === null ? null : <Exact value={by} asset={asset} />}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Every digit: a difference of one base unit is a difference. */
function Exact({ value, asset }: { value: bigint; asset: Asset }) {
  return (
    <strong className="whitespace-nowrap">
      {value < 0n ? "−" : "+"}
      <Amount value={value < 0n ? -value : value} asset={asset} digits={asset.decimals} />
    </strong>
  );
}

function Line({ line, low, asset }: { line: ConservationLine; low: bigint; asset: Asset }) {
  const { name, amount, difference, entries, entryCount } = line;
  const { sign, text } = names[name];
  const wrong = difference !== 0n;
  const head = (
    <>
      <span aria-hidden className="w-3 shrink-0 text-center text-faint">
        {sign}
      </span>
      <span className={wrong ? "text-stop" : "text-soft"}>{text}</span>
      {entryCount > 0 ? (
        <span className="inline-flex items-center gap-0.5 text-faint text-xs">
          {entryCount} {entryCount === 1 ? "entry" : "entries"}
          <ChevronRight aria-hidden className="size-3 transition-transform group-open:rotate-90" />
        </span>
      ) : null}
      {name === "fees" ? <span className="text-faint text-xs">none on this rail</span> : null}
      <span className={cn("ml-auto", wrong && "text-stop", name === "funded" && "font-semibold")}>
        <span
          title={formatToken(amount, asset, { max: asset.decimals })}
          className="whitespace-nowrap tabular-nums"
        >
          {shownDifference(low + amount, low, asset, DIGITS)}
        </span>
      </span>
    </>
  );
  const row = "flex min-h-8 items-center gap-2 px-2 py-1";
  if (entries.length === 0) return <div className={row}>{head}</div>;
  return (
    <details className="group rounded-md open:bg-sunken">
      <summary className={cn(row, "list-none rounded-md hover:bg-sunken [&::-webkit-details-marker]:hidden")}>
        {head}
      </summary>
      <ScrollRegion label={`${text}: the entries`} className="max-h-56 px-2 pb-2 pl-7 text-xs">
        <ul className="grid gap-1">
          {entries.map(({ key, kind, atMs, amount: moved, holds }) => (
            <li
              key={key}
              className={cn("flex items-baseline justify-between gap-3", holds ? "text-soft" : "text-stop")}
            >
              <span className="min-w-0 truncate" title={key}>
                {kinds[kind] ?? kind}, <LocalTime ms={atMs} />
                {holds ? null : ", changed"}
              </span>
              <Amount value={moved} asset={asset} digits={DIGITS} rounding="down" symbol={false} />
            </li>
          ))}
          {entries.length < entryCount ? (
            <li className="text-faint">and {entryCount - entries.length} earlier</li>
          ) : null}
        </ul>
      </ScrollRegion>
    </details>
  );
}
