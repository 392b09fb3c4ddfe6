import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import type { Simulation } from "@/lib/http/operations/simulation-operations";

/** What came of it, in five figures, and whether the books held. */
export function Headline({ simulation }: { simulation: Simulation }) {
  const { totals, asset, violations } = simulation;
  return (
    <Card aria-label="Result">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-t-xl bg-line sm:grid-cols-3 lg:grid-cols-5">
        <Figure label="Calls authorised" wide>
          {totals.authorised.toLocaleString("en")}
          <span className="font-normal text-base text-faint"> of {totals.requests.toLocaleString("en")}</span>
        </Figure>
        <Figure label="Calls denied" tone={totals.denied > 0 ? "stop" : undefined}>
          {totals.denied.toLocaleString("en")}
        </Figure>
        <Figure label={`Paid, ${asset.symbol}`}>
          <Amount value={BigInt(totals.volume)} asset={asset} digits={4} symbol={false} />
        </Figure>
        <Figure label={`Refunded, ${asset.symbol}`}>
          <Amount value={BigInt(totals.refunded)} asset={asset} digits={4} symbol={false} />
        </Figure>
        <Figure label="Automatic top-ups">{totals.topUps.toLocaleString("en")}</Figure>
      </dl>
      <p className="flex items-start gap-2 px-5 py-3 text-sm text-soft">
        {violations.length === 0 ? (
          <>
            <CircleCheck className="mt-0.5 size-4 shrink-0 text-flow-strong" aria-hidden />
            <span>
              The books were checked before they were thrown away: every invariant held, and deposits are
              payments plus refunds to the last unit.
            </span>
          </>
        ) : (
          <>
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-stop" aria-hidden />
            <span className="text-stop">
              {violations.map(({ id, subject, detail }) => `${id} ${subject}: ${detail}`).join("; ")}
            </span>
          </>
        )}
      </p>
    </Card>
  );
}

type FigureProps = { label: string; tone?: "stop" | undefined; wide?: boolean; children: ReactNode };

function Figure({ label, tone, wide, children }: FigureProps) {
  return (
    <div className={cn("bg-card px-5 py-4", wide && "max-sm:col-span-2")}>
      <dt className="text-faint text-xs">{label}</dt>
      <dd
        className={cn(
          "mt-1 whitespace-nowrap font-semibold text-2xl tabular-nums tracking-tight",
          tone === "stop" && "text-stop",
        )}
      >
        {children}
      </dd>
    </div>
  );
}
