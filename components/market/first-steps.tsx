"use client";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import type { OpenStream } from "@/components/stream/open-stream-dialog";
import { type MoneyState, useMoneyAction } from "@/components/stream/use-money-action";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Notice } from "@/components/ui/notice";
import type { Faucet } from "@/components/wallet/faucet-button";
import { useSession } from "@/components/wallet/session-provider";
import { compareRates } from "@/lib/domain/rate";
import { formatDuration, formatRate, formatToken } from "@/lib/format";
import type { ProviderView } from "@/lib/market/provider-row";
import { paths } from "@/lib/paths";
import type { WalletView } from "@/lib/streams/get-wallet";
import { CALL_FORM } from "./paid-call/paid-call";
import { StepMark } from "./step-mark";

type Props = {
  provider: ProviderView;
  service: string;
  wallet: WalletView | null;
  /** The account's stream to this provider, if it has one that pays. */
  streamId: string | null;
  answered: boolean;
  faucet: Faucet;
  openStream: OpenStream;
};

/**
 * From nothing to a paid answer, one button at a time. Each step ticks itself by what the server knows, so a reader who
 * goes another way, or comes back later, finds it where they are.
 */
export function FirstSteps(props: Props) {
  const { provider, service, wallet, streamId, answered, faucet, openStream } = props;
  const { enterWithDemoWallet } = useSession();
  const router = useRouter();
  const [refreshing, startRefresh] = useTransition();
  const [working, setWorking] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const filling = useMoneyAction(faucet);
  const opening = useMoneyAction(openStream);

  const { asset } = provider;
  const tier = provider.tiers.toSorted((a, b) => compareRates(a.rate, b.rate))[0];
  if (!tier) return null;
  const funded = wallet !== null && wallet.balance >= tier.requiredDeposit;
  const done = [streamId !== null || funded, streamId !== null, answered] as const;
  const current = done.indexOf(false);
  const busy = working || refreshing;

  async function act(step: () => Promise<MoneyState<unknown>>) {
    setWorking(true);
    setRefusal(null);
    try {
      const ended = await step();
      if (ended.phase === "refused") setRefusal(ended.problem.detail);
      else startRefresh(() => router.refresh());
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setWorking(false);
    }
  }

  async function getWallet() {
    if (!wallet) await enterWithDemoWallet();
    return filling.submit({});
  }

  const { name, requiredDeposit } = tier;
  const terms = { providerId: provider.id, tier: name, deposit: requiredDeposit, autoTopUp: null };

  function call() {
    const form = document.getElementById(CALL_FORM);
    if (!(form instanceof HTMLFormElement)) return;
    form.requestSubmit();
    form.scrollIntoView({ block: "start" });
  }

  return (
    <section
      id="first-steps"
      aria-labelledby="first-steps-title"
      className="mb-8 scroll-mt-20 overflow-hidden rounded-2xl border border-flow/50 bg-flow-wash/55"
    >
      <h2 id="first-steps-title" className="px-5 pt-4 font-semibold tracking-tight">
        Your first answer, in three steps
      </h2>
      <ol className="grid gap-x-6 gap-y-5 p-5 pt-4 md:grid-cols-3">
        <Step
          number={1}
          done={done[0]}
          current={current === 0}
          title={wallet && !done[0] ? "Get play money" : "Get a wallet"}
        >
          {done[0]
            ? "A demo wallet in this browser, with play money."
            : wallet
              ? "Your wallet is empty. The faucet of this devnet fills it: 100 USDCx a day."
              : "A key is made in this browser and signs you in; the faucet puts play money on it. Nothing to install."}
          {current === 0 ? (
            <Button tone="flow" busy={busy} onClick={() => void act(getWallet)} className="mt-3 flex w-fit">
              {wallet ? "Fill the wallet" : "Start with a demo wallet"}
            </Button>
          ) : null}
        </Step>
        <Step number={2} done={done[1]} current={current === 1} title="Open a stream">
          {done[1] ? (
            <>Money flows to {provider.name} by the second.</>
          ) : (
            <>
              Locks {formatToken(tier.requiredDeposit, asset, { rounding: "up" })}, which flows to{" "}
              {provider.name} at {formatRate(tier.rate, asset)} and lasts {formatDuration(provider.depositMs)}
              . Close it at any second: the rest comes back.
            </>
          )}
          {current === 1 ? (
            <Button
              tone="flow"
              busy={busy}
              onClick={() => void act(() => opening.submit(terms))}
              className="mt-3 flex w-fit"
            >
              Open the stream
            </Button>
          ) : null}
        </Step>
        <Step number={3} done={done[2]} current={current === 2} title="Get an answer">
          {done[2] && streamId ? (
            <>
              Paid, answered, and the receipt is below. The stream still flows:{" "}
              <Link
                href={paths.stream(streamId)}
                className="font-medium text-ink underline underline-offset-4 hover:text-flow-strong"
              >
                watch it, or close it
              </Link>
              .
            </>
          ) : (
            <>
              The form of {service} below holds an example. Your wallet signs a proof, and the call is served.
            </>
          )}
          {current === 2 ? (
            <Button tone="flow" busy={busy} onClick={call} className="mt-3 flex w-fit">
              Send the example <ArrowRight aria-hidden />
            </Button>
          ) : null}
        </Step>
      </ol>
      {refusal ? (
        <Notice tone="stop" title="That did not work" className="mx-5 mb-5">
          {refusal}
        </Notice>
      ) : null}
    </section>
  );
}

type StepProps = { number: number; done: boolean; current: boolean; title: string; children: ReactNode };

function Step({ number, done, current, title, children }: StepProps) {
  return (
    <li aria-current={current ? "step" : undefined} className="flex gap-3">
      <StepMark number={number} done={done} current={current} />
      <div className={cn("min-w-0 pt-0.5", !current && "text-soft")}>
        <h3 className={cn("font-medium", current && "text-ink")}>{title}</h3>
        <div className="mt-1 text-sm text-soft">{children}</div>
      </div>
    </li>
  );
}
