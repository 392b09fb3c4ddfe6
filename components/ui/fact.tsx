import type { ReactNode } from "react";

/** One line of a `dl`: what it is on the left, its value on the right. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-soft">{label}</dt>
      <dd className="min-w-0 text-right">{children}</dd>
    </div>
  );
}
