import type { Status } from "@/lib/operations/get-status";
import { Figure } from "./figure";
import { ago, percent } from "./figures";
import { OutcomeBars } from "./outcome-bars";
import { Panel } from "./panel";

/** Paid calls: submitted, served, void, and what the ledger said of them. */
export function PaidCallsPanel({ status: { process } }: { status: Status }) {
  const { decisions, ended, providerAnswers } = process;
  const submitted = sum(decisions);
  const answers = sum(providerAnswers);
  const failures = answers - (providerAnswers.ok ?? 0) - (providerAnswers.refused ?? 0);
  return (
    <Panel id="paid" title="Paid calls" aside={`This process, since its start ${ago(process.uptimeMs)}`}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-4">
        <Figure label="Submitted" value={submitted.toLocaleString("en-GB")} />
        <Figure label="Served" value={(ended.served ?? 0).toLocaleString("en-GB")} />
        <Figure label="Void" value={(ended.voided ?? 0).toLocaleString("en-GB")} note="nothing charged" />
        <Figure
          label="Providers failed"
          value={answers > 0 ? percent(failures / answers) : "–"}
          note={`${failures.toLocaleString("en-GB")} of ${answers.toLocaleString("en-GB")}`}
        />
      </dl>
      <h3 className="mt-6 mb-3 font-medium text-sm">What the ledger said</h3>
      <OutcomeBars decisions={decisions} />
    </Panel>
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
