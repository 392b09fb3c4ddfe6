"use client";
import { Play } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo, useRef, useState } from "react";
import { type Draft, draftOf, type Errors, readDraft } from "@/components/schema-form/draft";
import { formFields } from "@/components/schema-form/form-field";
import { SchemaFields } from "@/components/schema-form/schema-fields";
import type { OnChain } from "@/components/stream/chain-plan";
import { type OpenStream, OpenStreamDialog } from "@/components/stream/open-stream-dialog";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Faucet } from "@/components/wallet/faucet-button";
import { useSession } from "@/components/wallet/session-provider";
import { WrongNetwork } from "@/components/wallet/wrong-network";
import { formatToken } from "@/lib/format";
import type { ProviderView } from "@/lib/market/provider-row";
import type { ServiceDetail } from "@/lib/market/service-row";
import { paths } from "@/lib/paths";
import type { WalletView } from "@/lib/streams/get-wallet";
import type { CallOutcome } from "./pay-call";
import { readAnswer } from "./read-answer";
import { ResultCard } from "./result-card";
import type { Exchange } from "./wire";
import { WireSteps } from "./wire-steps";

type Props = {
  provider: ProviderView;
  service: ServiceDetail;
  /** The signed-in account's stream that pays, if it has one that can. */
  stream: { id: string; tier: string } | null;
  wallet: WalletView | null;
  faucet: Faucet | null;
  openStream: OpenStream;
  onChain: OnChain;
};

/** Lets a button elsewhere on the page send the form. */
export const CALL_FORM = "paid-call";

/** A real paid call from a form: what goes over the wire is shown step by step, then the result and its receipt. */
export function PaidCall({ provider, service, stream, wallet, faucet, openStream, onChain }: Props) {
  const session = useSession();
  const router = useRouter();
  const fields = useMemo(() => formFields(service.inputSchema), [service.inputSchema]);
  const [draft, setDraft] = useState<Draft>(() => draftOf(fields, service.example));
  const [errors, setErrors] = useState<Errors>({});
  const [steps, setSteps] = useState<readonly Exchange[]>([]);
  const [state, setState] = useState<{ busy: boolean; outcome: CallOutcome | null }>({
    busy: false,
    outcome: null,
  });
  const [opening, setOpening] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function call() {
    const read = readDraft(fields, draft);
    setErrors(read.errors);
    if (Object.keys(read.errors).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setSteps([]);
    setState({ busy: true, outcome: null });
    try {
      const { payCall } = await import("./pay-call");
      const kept = session.streamTokens.get(provider.id);
      const outcome = await payCall(
        {
          method: service.method,
          url: callUrl(service, read.value),
          body: JSON.stringify(read.value),
          tier: stream?.tier ?? null,
          idempotencyKey: crypto.randomUUID(),
        },
        {
          sign: stream && session.address ? { streamId: stream.id, signer: session.signer } : null,
          token: stream && kept && kept.expiresMs > Date.now() ? kept : null,
          keepToken: (token) => session.streamTokens.set(provider.id, token),
        },
        (step) => setSteps((before) => [...before, step]),
      );
      setState({ busy: false, outcome });
      // What the call changed elsewhere on the page: the stream's count, the steps of a first visit.
      if (outcome.kind === "served") router.refresh();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      setState({
        busy: false,
        outcome: { kind: "refused", problem: { title: "The call did not go out", detail, status: 0 } },
      });
    }
  }

  const { outcome, busy } = state;
  return (
    <div className="grid grid-cols-1 gap-4">
      <form
        ref={form}
        id={CALL_FORM}
        noValidate
        aria-label={service.name}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void call();
        }}
      >
        <SchemaFields
          fields={fields}
          draft={draft}
          errors={errors}
          onDraft={(next) => {
            setDraft(next);
            setErrors({}); // They are by row number, and the numbers have moved.
          }}
          onChange={(path, value) => {
            setDraft((before) => ({ ...before, [path]: value }));
            setErrors(({ [path]: _fixed, ...rest }) => rest);
          }}
        />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button type="submit" tone="flow" busy={busy}>
            {busy ? null : <Play aria-hidden />} Call {service.name}
          </Button>
          <p className="text-faint text-xs">
            {stream ? (
              <>
                Paid by your{" "}
                <Link href={paths.stream(stream.id)} className="underline underline-offset-2 hover:text-ink">
                  {stream.tier} stream
                </Link>
                {service.pricePerCall > 0n
                  ? `, and ${formatToken(service.pricePerCall, provider.asset)} for this call`
                  : ""}
              </>
            ) : (
              "Without a stream the provider answers 402: the price, and how to pay it."
            )}
          </p>
        </div>
      </form>

      <div aria-live="polite" className="grid grid-cols-1 gap-4">
        {outcome?.kind === "served" ? <Served service={service} outcome={outcome} /> : null}
        {outcome?.kind === "unpaid" ? (
          <Notice tone="warn" title="402 Payment Required: as it should be">
            <p>
              {wallet
                ? "Open a stream, and the same call is served."
                : "Sign in and open a stream, and the same call is served."}
            </p>
            <Button
              tone="flow"
              size="sm"
              className="mt-2"
              onClick={() => (wallet ? setOpening(true) : session.openSignIn())}
            >
              {wallet ? "Open a stream to pay" : "Sign in to pay"}
            </Button>
          </Notice>
        ) : null}
        {outcome?.kind === "refused" ? (
          <Notice tone="stop" title={outcome.problem.title}>
            {outcome.problem.detail}
            {outcome.problem.status === 402 && stream ? (
              <>
                {" "}
                <Link
                  href={paths.stream(stream.id)}
                  className="font-medium text-ink underline underline-offset-4"
                >
                  To your stream
                </Link>
              </>
            ) : null}
          </Notice>
        ) : null}
        {outcome?.kind === "refused" && stream ? <WrongNetwork /> : null}
        {steps.length > 0 ? (
          <section aria-labelledby="wire">
            <h3 id="wire" className="mb-2 font-medium text-sm">
              On the wire
            </h3>
            <WireSteps steps={steps} />
          </section>
        ) : null}
      </div>
      {opening && wallet ? (
        <OpenStreamDialog
          provider={provider}
          initialTier="professional"
          wallet={wallet}
          faucet={faucet}
          send={openStream}
          onChain={onChain}
          onClose={() => setOpening(false)}
        />
      ) : null}
    </div>
  );
}

function Served({
  service,
  outcome,
}: {
  service: ServiceDetail;
  outcome: Extract<CallOutcome, { kind: "served" }>;
}) {
  const { value, receipt } = readAnswer(outcome.text, outcome.contentType, outcome.receipt);
  const events = outcome.contentType.startsWith("text/event-stream");
  return (
    <ResultCard service={service.name} value={value} body={events ? null : outcome.text} receipt={receipt} />
  );
}

/** A GET carries its input in the query. */
function callUrl(service: ServiceDetail, value: Record<string, unknown>): string {
  if (service.method !== "GET") return service.door;
  const query = new URLSearchParams(Object.entries(value).map(([name, part]) => [name, String(part)]));
  return `${service.door}?${query}`;
}
