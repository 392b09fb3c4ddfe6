import type { IncomingMessage, ServerResponse } from "node:http";
import { contentDigest } from "@/lib/mpp/digest";
import type { CallSlots } from "./call-slots";
import type { CallWatch } from "./call-watch";
import { encodedReceipt } from "./encoded-receipt";
import type { Inference, Inferred } from "./inference";
import type { Authorise, Paid } from "./payment";
import { readBody } from "./read-body";
import type { ProviderConfig } from "./read-config";
import { Refusal } from "./refusal";
import { relayEvents } from "./relay-events";
import type { SoldService, Work } from "./sold-service";
import type { UnpaidLimit } from "./unpaid-limit";

export type ServeTools = {
  config: ProviderConfig;
  authorise: Authorise;
  inference: Inference;
  slots: CallSlots;
  watch: CallWatch["watch"];
  unpaid: UnpaidLimit;
  /** Aborted when answers under way have to end. */
  halted: AbortSignal;
  report: (message: string, error: unknown) => void;
};

/** A refusal of a call that was paid for: what its answer carries all the same. */
export class RefusedPaid extends Error {
  constructor(
    readonly refusal: unknown,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super("A paid call was not served.");
  }
}

/**
 * One call of a service: its input first, then its payment, then a place, then the model. Whatever fails before the first byte of an
 * answer is refused with a status of its own and is free.
 */
export async function serveCall(
  request: IncomingMessage,
  response: ServerResponse,
  service: SoldService,
  tools: ServeTools,
): Promise<void> {
  const { config, authorise, unpaid } = tools;
  const left = new AbortController();
  response.once("close", () => response.writableFinished || left.abort());

  const body = await readBody(request, service.bodyMax);
  const { model, upstreamModel } = config;
  const contentType = request.headers["content-type"] ?? "";
  const work = await service.read({ body, contentType, model, upstreamModel });

  const address = request.socket.remoteAddress ?? "unknown";
  const header = (name: string) => request.headers[name]?.toString() ?? null;
  if (header("stream-grant") === null) unpaid.check(address);
  const shown = { method: "POST", path: request.url ?? "/", digest: contentDigest(body), header };
  const decision = await authorise(shown);
  if ("unserved" in decision) {
    unpaid.count(address);
    const { status, headers, body: answer } = decision.unserved;
    response.writeHead(status, { "cache-control": "no-store", ...headers }).end(answer);
    return;
  }
  await servePaid(response, { service, work, paid: decision.paid, left: left.signal }, tools);
}

type PaidCall = { service: SoldService; work: Work; paid: Paid; left: AbortSignal };

async function servePaid(response: ServerResponse, call: PaidCall, tools: ServeTools): Promise<void> {
  const { paid, work, service, left } = call;
  const { halted, inference, config } = tools;
  const watched = tools.watch(paid);
  const stop = new AbortController();
  const unlink = abortWith(stop, [left, halted, watched.ended]);
  let give: (() => void) | undefined;
  try {
    give = tools.slots.take(paid.streamId);
    const answer = await inference.ask(work, stop.signal);
    if (answer.kind === "whole") return await answerWhole(response, answer, { paid, service }, tools);
    const model = { events: answer.body, stop: () => stop.abort() };
    const { topUpSeconds } = config;
    await relayEvents(response, model, { paid, watched, left, halted, topUpSeconds });
  } catch (error) {
    if (response.headersSent) throw error; // Settled by who has sent them.
    const refusal = watched.ended.aborted
      ? new Refusal("stream-ended", "The stream ended before the answer. Nothing was charged.")
      : error;
    const status = refusal instanceof Refusal ? refusal.status : 500;
    await paid
      .settle({ outcome: "void", status })
      .catch((trouble) => tools.report(`Call ${paid.requestId} could not be voided.`, trouble));
    throw new RefusedPaid(refusal, paid.headers);
  } finally {
    unlink();
    watched.stop();
    give?.();
  }
}

/** `AbortSignal.any`, but nothing of a call stays with signals that outlive it. @returns lets go of them */
function abortWith(stop: AbortController, signals: readonly AbortSignal[]): () => void {
  const abort = () => stop.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
  }
  return () => {
    for (const signal of signals) signal.removeEventListener("abort", abort);
  };
}

type Whole = Extract<Inferred, { kind: "whole" }>;

/** Settled before it is said. An answer is given also when its receipt cannot be had: the model's work is done. */
async function answerWhole(
  response: ServerResponse,
  upstream: Whole,
  { paid, service }: Pick<PaidCall, "paid" | "service">,
  { config, report }: ServeTools,
): Promise<void> {
  const { contentType, body } = service.answer ? shaped(service.answer, upstream, config.model) : upstream;
  const receipt = await paid
    .settle({ outcome: "served", status: 200, digest: contentDigest(body) })
    .catch((trouble) => {
      if (trouble instanceof Refusal) throw trouble;
      report(`Call ${paid.requestId} has no receipt.`, trouble);
      return null;
    });
  response
    .writeHead(200, {
      "content-type": contentType,
      "content-length": body.byteLength,
      "cache-control": "private, no-store",
      ...paid.headers,
      ...(receipt ? { "payment-receipt": encodedReceipt(receipt) } : {}),
    })
    .end(body);
}

/** @throws Refusal `inference-failed` for what is no answer of a model */
function shaped(answer: NonNullable<SoldService["answer"]>, { body }: Whole, model: string) {
  try {
    const json = JSON.stringify(answer(JSON.parse(body.toString("utf8")), model));
    return { contentType: "application/json", body: Buffer.from(json) };
  } catch (cause) {
    throw new Refusal("inference-failed", "The model's answer cannot be read. Nothing was charged.", {
      cause,
    });
  }
}
