import { Check, LoaderCircle, X } from "lucide-react";
import { cn } from "@/components/ui/cn";
import type { MoneyState } from "./use-money-action";

const texts = {
  asking: "You confirm",
  wallet: "In your wallet",
  sent: "Sent",
  confirmed: "Confirmed",
  active: "Active",
  refused: "Refused",
};

type Step = keyof typeof texts;

type Props = {
  state: MoneyState<unknown>;
  /** True for a stream that is opened on a chain: it is active when the market has read it. */
  opens: boolean;
};

/** Where a wallet write stands: asking, sent, then confirmed or refused. On a chain the wallet asks too, and blocks are counted. */
export function WriteSteps({ state, opens }: Props) {
  const steps = stepsOf(state, opens);
  const reached = reachedBy(state, opens);
  const at = steps.indexOf(reached);
  const done = at === steps.length - 1 && reached !== "refused";
  return (
    <ol aria-label="Progress" className="flex flex-wrap items-center gap-2 text-xs">
      {steps.map((step, index) => {
        const now = index === at;
        const past = index < at || done;
        return (
          <li key={step} aria-current={now ? "step" : undefined} className="flex items-center gap-2">
            {index > 0 ? (
              <span
                aria-hidden
                className={cn("h-px bg-line-strong", steps.length > 4 ? "w-2.5" : "w-5 sm:w-8")}
              />
            ) : null}
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
              ) : now && (step === "sent" || step === "wallet" || state.phase === "reading") ? (
                <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
              ) : (
                <span aria-hidden className={cn("size-2 rounded-full", now ? "bg-flow" : "bg-line-strong")} />
              )}
              {texts[step]}
              {now && state.phase === "mining" ? ` (${state.confirmations} of ${state.needed})` : ""}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function stepsOf({ phase }: MoneyState<unknown>, opens: boolean): readonly Step[] {
  if (phase === "refused") return opens ? ["asking", "wallet", "refused"] : ["asking", "sent", "refused"];
  if (opens) return ["asking", "wallet", "sent", "confirmed", "active"];
  const onChain = phase === "wallet" || phase === "mining" || phase === "mined";
  return onChain ? ["asking", "wallet", "sent", "confirmed"] : ["asking", "sent", "confirmed"];
}

function reachedBy({ phase }: MoneyState<unknown>, opens: boolean): Step {
  if (phase === "mining") return "sent";
  if (phase === "mined" || phase === "reading") return "confirmed";
  return phase === "confirmed" && opens ? "active" : phase;
}
