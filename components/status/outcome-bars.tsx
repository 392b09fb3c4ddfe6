import { type ProblemCode, problems } from "@/lib/errors";

const words: Readonly<Record<string, string>> = {
  authorised: "Authorised",
  replay: "Answered again for the same key",
  "stream/session-invalid": "The session token no longer holds",
  "invalid-challenge": "The proof was used before",
};

/** Paid calls by what the ledger said, the most frequent first, each with its share as a bar. */
export function OutcomeBars({ decisions }: { decisions: Readonly<Record<string, number>> }) {
  const rows = Object.entries(decisions).toSorted(([, left], [, right]) => right - left);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return <p className="text-soft text-sm">No paid call has come to this process yet.</p>;
  return (
    <ul className="grid gap-3">
      {rows.map(([outcome, count]) => (
        <li key={outcome} className="text-sm">
          <div className="flex items-baseline justify-between gap-4">
            <span className="min-w-0 truncate">{wordsOf(outcome)}</span>
            <span className="tabular-nums">{count.toLocaleString("en-GB")}</span>
          </div>
          <svg
            aria-hidden
            viewBox="0 0 100 4"
            preserveAspectRatio="none"
            className={`mt-1 h-1 w-full ${outcome === "authorised" || outcome === "replay" ? "text-flow" : "text-warn"}`}
          >
            <rect width={100} height={4} className="fill-sunken" />
            <rect width={Math.max(0.5, (100 * count) / total)} height={4} fill="currentColor" />
          </svg>
        </li>
      ))}
    </ul>
  );
}

function wordsOf(outcome: string): string {
  return words[outcome] ?? (outcome in problems ? problems[outcome as ProblemCode].title : outcome);
}
