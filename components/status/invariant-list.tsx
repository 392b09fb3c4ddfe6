import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import type { InvariantStatus } from "@/lib/operations/get-status";

type Props = { checks: readonly InvariantStatus[]; checked: boolean };

/** What the books are checked for, in words, and whether it holds. */
export function InvariantList({ checks, checked }: Props) {
  return (
    <ul className="gap-x-8 md:columns-2">
      {checks.map(({ id, says, violations }) => {
        const broken = violations > 0;
        const Icon = !checked ? CircleDashed : broken ? CircleX : CircleCheck;
        return (
          <li key={id} className="flex break-inside-avoid gap-2.5 pb-2.5 text-sm">
            <Icon
              aria-hidden
              className={`mt-0.5 size-4 shrink-0 ${!checked ? "text-faint" : broken ? "text-stop" : "text-flow"}`}
            />
            <span className="min-w-0">
              <span className={broken ? "font-medium text-stop" : undefined}>{says}</span>{" "}
              <code className="whitespace-nowrap text-faint text-xs">{id}</code>
              {broken ? (
                <span className="block text-stop">
                  {violations === 1 ? "1 row breaks this." : `${violations} rows break this.`}
                </span>
              ) : (
                <span className="sr-only">{checked ? "holds" : "not checked yet"}</span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
