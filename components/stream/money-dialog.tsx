"use client";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import type { Hex } from "viem";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { TransactionLink } from "@/components/wallet/transaction-link";
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
  /** True for a stream that is opened on a chain. */
  opensOnChain?: boolean;
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
  const finished = state.phase === "confirmed" || state.phase === "mined";
  const busy =
    state.phase === "sent" ||
    state.phase === "wallet" ||
    state.phase === "mining" ||
    state.phase === "reading";

  function change(next: boolean) {
    if (!next && busy) return; // An answer is on its way: stay and show it.
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
            {state.phase === "confirmed" ? props.done(state.value) : <OnChain hash={state.hash} />}
          </Notice>
        ) : (
          <>
            {props.children}
            <div className="rounded-lg bg-sunken px-4 py-3 text-sm" data-testid="consequence">
              {consequence}
            </div>
            {state.phase === "wallet" ? (
              <Notice
                tone="info"
                title={
                  state.of > 1 ? `Sign ${state.step} of ${state.of} in your wallet` : "Sign in your wallet"
                }
              >
                {state.says}
              </Notice>
            ) : null}
            {state.phase === "mining" ? (
              <p role="status" className="text-soft text-sm">
                {state.of > 1 ? `${state.step} of ${state.of} is sent. ` : "It is sent. "}
                {state.hash ? <TransactionLink hash={state.hash} /> : null} You may leave: it goes on without
                this page.
              </p>
            ) : null}
            {state.phase === "reading" ? (
              <p role="status" className="text-soft text-sm">
                The chain has it. The market is reading it. <TransactionLink hash={state.hash} />
              </p>
            ) : null}
            {state.phase === "refused" ? (
              <Notice tone="stop" title={state.problem.title}>
                {state.problem.detail}
              </Notice>
            ) : null}
          </>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          <WriteSteps state={state} opens={props.opensOnChain ?? false} />
          {finished ? (
            <Button key="done" className="ml-auto" onClick={() => change(false)}>
              Close
            </Button>
          ) : (
            <Button type="submit" tone={tone} busy={busy} disabled={disabled} className="ml-auto">
              {confirm}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function OnChain({ hash }: { hash: Hex }) {
  return (
    <>
      The chain has it. This page shows it within seconds. <TransactionLink hash={hash} />
    </>
  );
}
