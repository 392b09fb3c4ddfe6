import type { ReactNode } from "react";

type Props = { label: ReactNode; value: ReactNode; note?: ReactNode; bad?: boolean };

/** One figure with its name above it, and what it is of below. */
export function Figure({ label, value, note, bad = false }: Props) {
  return (
    <div className="min-w-0">
      <dt className="text-soft text-sm">{label}</dt>
      <dd>
        <span
          className={`block font-semibold text-2xl tabular-nums tracking-tight ${bad ? "text-stop" : ""}`}
        >
          {value}
        </span>
        {note ? <span className="block text-faint text-xs">{note}</span> : null}
      </dd>
    </div>
  );
}
