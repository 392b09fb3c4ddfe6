"use client";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import type { CallProgress } from "@/components/wallet/send-calls";
import { TransactionLink } from "@/components/wallet/transaction-link";
import { useChainCalls } from "@/components/wallet/use-chain-calls";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { StreamView } from "@/lib/streams/stream-view";
import { BulkLines } from "./bulk-lines";
import { type BulkOutcome, closeOnChain } from "./close-on-chain";
import { type BulkState, runBulk } from "./run-bulk";
import { closeOverApi, collectOverApi } from "./settle-stream";

type Props = {
  kind: "close" | "collect";
  /** As they were when they were chosen; at least one. */
  streams: readonly StreamView[];
  viewer: string;
  onClose: () => void;
};

/**
 * Closes many streams, or collects from many: says before what it does to the money, in all and for each, then does it a
 * few at a time under a key for each stream, and says how each ended. What failed can be tried again.
 */
export function BulkDialog({ kind, streams, viewer, onClose }: Props) {
  const router = useRouter();
  const [states, setStates] = useState<ReadonlyMap<string, BulkState<BulkOutcome>>>(new Map());
  const [running, setRunning] = useState(false);
  const signAll = useChainCalls();
  const [signing, setSigning] = useState<CallProgress | null>(null);
  const keys = useRef(new Map<string, string>());
  const count = streams.length;
  const many = `${count} ${count === 1 ? "stream" : "streams"}`;
  const ended = [...states.values()];
  const failed = streams.filter(({ id }) => states.get(id)?.phase === "failed");
  const done = ended.flatMap((state) => (state.phase === "done" ? [state.value] : []));
  const begun = states.size > 0;
  const rails = new Set(streams.flatMap(({ rail }) => (rail === "ledger" ? [] : [rail]))).size;
  if (count === 0) return null;

  async function start(chosen: readonly StreamView[]) {
    setRunning(true);
    const billed = new Map(chosen.map(({ id, billed: before }) => [id, before]));
    const report = (id: string, state: BulkState<BulkOutcome>) =>
      setStates((before) => new Map(before).set(id, state));
    await runBulk(
      chosen.filter(({ rail }) => rail === "ledger").map(({ id }) => id),
      (id) => {
        const key = keys.current.get(id) ?? crypto.randomUUID();
        keys.current.set(id, key);
        return (
          kind === "close" ? closeOverApi(id, key) : collectOverApi(id, key, billed.get(id) ?? 0n)
        ).then((settled) => ({ kind: "settled" as const, asset: LEDGER_ASSET, ...settled }));
      },
      report,
    );
    // One after the other: the wallet asks for one signature at a time.
    for (const rail of ["streampay", "superfluid"] as const)
      await closeOnChain(
        chosen.filter((stream) => stream.rail === rail).map(({ id }) => id),
        signAll,
        setSigning,
        report,
      );
    setSigning(null);
    setRunning(false);
  }

  function change(open: boolean) {
    if (open || running) return; // Answers are on their way: stay and show them.
    onClose();
    if (begun) router.refresh();
  }

  return (
    <Dialog
      open
      onOpenChange={change}
      title={kind === "close" ? `Close ${many}` : `Collect from ${many}`}
      description={
        kind === "close"
          ? `Each stops now and is settled to the last base unit. A closed stream cannot be opened again.${rails > 0 ? ` Those on the chain close by ${rails === 1 ? "one transaction" : `${rails} transactions`} that your wallet signs.` : ""}`
          : "Takes what has accrued so far into your wallet. The streams go on."
      }
    >
      <div className="grid gap-4">
        <BulkLines kind={kind} streams={streams} viewer={viewer} states={states} />
        {signing ? <SigningNotice progress={signing} /> : null}
        {begun ? (
          <Progress kind={kind} done={done} failed={failed.length} count={count} running={running} />
        ) : null}
        <div className="flex flex-wrap justify-end gap-2">
          {!begun ? (
            <>
              <Button tone="quiet" onClick={() => change(false)}>
                Keep them
              </Button>
              <Button tone={kind === "close" ? "stop" : "flow"} onClick={() => void start(streams)}>
                {kind === "close" ? `Close ${many} and settle` : `Collect from ${many}`}
              </Button>
            </>
          ) : (
            <>
              {failed.length > 0 && !running ? (
                <Button tone="flow" onClick={() => void start(failed)}>
                  Try {failed.length} again
                </Button>
              ) : null}
              <Button busy={running} onClick={() => change(false)}>
                {running ? "Under way" : "Done"}
              </Button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

type ProgressProps = {
  kind: Props["kind"];
  done: readonly BulkOutcome[];
  failed: number;
  count: number;
  running: boolean;
};

function Progress({ kind, done, failed, count, running }: ProgressProps) {
  const verb = kind === "close" ? "closed" : "collected";
  if (running) return <ProgressBar done={done.length + failed} of={count} />;
  const settled = done.flatMap((value) => (value.kind === "settled" ? [value] : []));
  const [asset] = settled.map((value) => value.asset);
  const paid = settled.reduce((sum, value) => sum + value.paid, 0n);
  const returned = settled.reduce((sum, value) => sum + value.returned, 0n);
  const mined = done.length > settled.length;
  return (
    <Notice
      tone={failed > 0 ? "warn" : "good"}
      title={failed > 0 ? `${done.length} of ${count} ${verb}, ${failed} not` : `${count} ${verb}`}
    >
      {asset && kind === "close" ? (
        <>
          <Amount value={paid} asset={asset} /> was paid, <Amount value={returned} asset={asset} /> came back.
        </>
      ) : null}
      {asset && kind === "collect" ? (
        <>
          <Amount value={paid} asset={asset} /> is in your wallet.
        </>
      ) : null}
      {mined ? " What the chain settled is shown on each stream within seconds." : null}
      {failed > 0 ? " Try the others again: nothing is ever done twice." : null}
    </Notice>
  );
}

/** What the wallet is asked, and what was sent and is on its way. */
function SigningNotice({ progress }: { progress: CallProgress }) {
  return progress.phase === "wallet" ? (
    <Notice tone="info" title="Sign in your wallet">
      {progress.says}
    </Notice>
  ) : (
    <p role="status" className="text-sm text-soft">
      It is sent: {progress.confirmations} of {progress.needed} confirmations.{" "}
      {progress.hash ? <TransactionLink hash={progress.hash} /> : null}
    </p>
  );
}
