import { Check, LoaderCircle, X } from "lucide-react";
import { cn } from "@/components/ui/cn";
import type { MoneyState } from "./use-money-action";

type Phase = MoneyState<unknown>["phase"];
const order = ["asking", "sent", "confirmed"] as const;
const texts = { asking: "You confirm", sent: "Sent", confirmed: "Confirmed", refused: "Refused" };

/** Where a wallet write stands: asking, sent, then confirmed or refused. */
export function WriteSteps({ phase }: { phase: Phase }) {
  const last = phase === "refused" ? "refused" : "confirmed";
  const at = phase === "refused" ? 2 : order.indexOf(phase);
  return (
    <ol aria-label="Progress" className="flex items-center gap-2 text-xs">
      {(["asking", "sent", last] as const).map((step, index) => {
        const now = index === at;
        const past = index < at || phase === "confirmed";
        return (
          <li key={step} aria-current={now ? "step" : undefined} className="flex items-center gap-2">
            {index > 0 ? <span aria-hidden className="h-px w-5 bg-line-strong sm:w-8" /> : null}
            <span
              className={cn(
                "inline-flex items-center gap-1.5 font-medium",
                past || now ? "text-ink" : "text-faint",
                step === "refused" && "text-stop",
              )}
            >
              {step === "refused" ? (
                <X className="size-3.5" aria-hidden />
              ) : past ? (
                <Check className="size-3.5 text-flow" aria-hidden />
              ) : now && step === "sent" ? (
                <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
              ) : (
                <span aria-hidden className={cn("size-2 rounded-full", now ? "bg-flow" : "bg-line-strong")} />
              )}
              {texts[step]}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
