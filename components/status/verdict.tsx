import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { Status } from "@/lib/operations/get-status";

/** The whole status in one line, and what to know about it. */
export function Verdict({
  status: { status, database, invariants, sweep, chain, process },
}: {
  status: Status;
}) {
  const [Icon, tone, title] = {
    ok: [CircleCheck, "border-flow/40 bg-flow-wash", "Everything works"] as const,
    degraded: [TriangleAlert, "border-warn/40 bg-warn-wash", "It works, with something to look at"] as const,
    down: [CircleAlert, "border-stop/40 bg-stop-wash", "Something is broken"] as const,
  }[status];
  const remarks = [
    database.up ? null : "The database does not answer: paid calls are refused and nothing is charged.",
    invariants.healthy === false ? "The books do not hold: see which check fails below." : null,
    invariants.failure,
    sweep.late ? "The sweep is late: automatic top-ups wait for it, no call does." : null,
    chain?.late
      ? "The chain cannot be followed: calls on its streams are refused, and nothing is charged."
      : null,
    process.draining ? "This process is ending and finishes what is under way." : null,
    invariants.healthy === null && !invariants.failure
      ? "The books are being checked for the first time."
      : null,
  ].filter((remark) => remark !== null);
  return (
    <section aria-label="In short" className={`flex gap-3 rounded-xl border px-5 py-4 ${tone}`}>
      <Icon
        aria-hidden
        className={`mt-0.5 size-6 shrink-0 ${status === "ok" ? "text-flow-strong" : status === "down" ? "text-stop" : "text-warn"}`}
      />
      <div>
        <h2 className="font-semibold text-lg tracking-tight">{title}</h2>
        <p className="text-soft text-sm">
          {remarks.length > 0
            ? remarks.join(" ")
            : `All ${invariants.checks.length} checks of the books hold, the database answers, and no stream waits for the sweep.`}
        </p>
      </div>
    </section>
  );
}
