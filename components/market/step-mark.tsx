import { Check } from "lucide-react";
import { cn } from "@/components/ui/cn";

/** The number of a step; a tick once it is done. */
export function StepMark({ number, done, current }: { number: number; done: boolean; current: boolean }) {
  return (
    <span
      className={cn(
        "grid size-7 shrink-0 place-items-center rounded-full border font-semibold text-xs",
        done
          ? "border-flow bg-flow text-flow-ink"
          : current
            ? "border-flow text-flow-strong"
            : "border-line-strong text-faint",
      )}
    >
      {done ? (
        <>
          <Check aria-hidden className="size-4" />
          <span className="sr-only">Done:</span>
        </>
      ) : (
        <span aria-hidden>{number}</span>
      )}
    </span>
  );
}
