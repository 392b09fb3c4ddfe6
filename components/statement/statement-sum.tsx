import { Amount } from "@/components/ui/amount";
import type { Asset } from "@/lib/domain/asset";
import type { StatementSummary } from "@/lib/ledger/list-statement";

type Props = { summary: StatementSummary; asset: Asset; period: boolean };

/** Opening + received − sent = closing, of the period that is shown. */
export function StatementSum({ summary, asset, period }: Props) {
  const terms = [
    { sign: "", label: period ? "Balance before" : "Opening balance", value: summary.opening },
    { sign: "+", label: "Received", value: summary.received },
    { sign: "−", label: "Sent", value: summary.sent },
    { sign: "=", label: period ? "Balance after" : "Closing balance", value: summary.closing },
  ];
  return (
    <dl
      aria-label="Sum of the statement"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4"
    >
      {terms.map(({ sign, label, value }) => (
        <div key={label} className="min-w-0 bg-card px-4 py-3">
          <dt className="text-faint text-xs">{label}</dt>
          <dd className="mt-0.5 font-medium">
            {sign ? <span className="mr-1.5 text-faint">{sign}</span> : null}
            <Amount value={value} asset={asset} symbol={false} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
