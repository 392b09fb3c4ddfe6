"use client";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { MoneyState } from "./use-money-action";
import { WriteSteps } from "./write-steps";

type Props<T> = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  /** The fields of the form, when there are any. */
  children?: ReactNode;
  /** What happens to the money, in one sentence, before anybody agrees to it. */
  consequence: ReactNode;
  confirm: string;
  tone?: "flow" | "stop";
  disabled?: boolean;
  state: MoneyState<T>;
  onConfirm: () => void;
  /** What happened, afterwards. */
  done: (value: T) => ReactNode;
};

/** Asks before money moves, says what will happen to it, and shows what did. */
export function MoneyDialog<T>(props: Props<T>) {
  const {
    open,
    onOpenChange,
    title,
    description,
    consequence,
    confirm,
    tone = "flow",
    disabled,
    state,
  } = props;
  const router = useRouter();
  const finished = state.phase === "confirmed";

  function change(next: boolean) {
    if (!next && state.phase === "sent") return; // An answer is on its way: stay and show it.
    onOpenChange(next);
    if (!next && finished) router.refresh();
  }

  return (
    <Dialog open={open} onOpenChange={change} title={title} description={description}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          if (!finished && !disabled) props.onConfirm();
        }}
      >
        {finished ? (
          <Notice tone="good" title="Done">
            {props.done(state.value)}
          </Notice>
        ) : (
          <>
            {props.children}
            <div className="rounded-lg bg-sunken px-4 py-3 text-sm" data-testid="consequence">
              {consequence}
            </div>
            {state.phase === "refused" ? (
              <Notice tone="stop" title={state.problem.title}>
                {state.problem.detail}
              </Notice>
            ) : null}
          </>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          <WriteSteps phase={state.phase} />
          {finished ? (
            <Button key="done" onClick={() => change(false)}>
              Close
            </Button>
          ) : (
            <Button type="submit" tone={tone} busy={state.phase === "sent"} disabled={disabled}>
              {confirm}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
