import type { IncomingMessage, ServerResponse } from "node:http";
import { contentDigest } from "@/lib/mpp/digest";
import type { CallSlots } from "./call-slots";
import type { Inference } from "./inference";
import type { Authorise, Paid } from "./payment";
import { readBody } from "./read-body";
import type { ProviderConfig } from "./read-config";
import { Refusal } from "./refusal";
import { relayEvents } from "./relay-events";
import type { SoldService, Work } from "./sold-service";

export type ServeTools = {
  config: ProviderConfig;
  authorise: Authorise;
  inference: Inference;
  slots: CallSlots;
  report: (message: string, error: unknown) => void;
};

/** Beside what `refuse` writes: everything that a refusal of a paid call carries. */
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
  const { config, authorise } = tools;
  const left = new AbortController();
  response.once("close", () => response.writableFinished || left.abort());

  const body = await readBody(request, service.bodyMax);
  const contentType = mediaType(request, service);
  const work = await service.read({ body, contentType, ...pick(config) });
  const header = (name: string) => request.headers[name]?.toString() ?? null;
  const shown = { method: "POST", path: request.url ?? "/", digest: contentDigest(body), header };
  const decision = await authorise(shown);
  if ("unserved" in decision) {
    const { status, headers, body: answer } = decision.unserved;
    response.writeHead(status, { "cache-control": "no-store", ...headers }).end(answer);
    return;
  }
  await servePaid(response, { service, work, paid: decision.paid, left: left.signal }, tools);
}

type PaidCall = { service: SoldService; work: Work; paid: Paid; left: AbortSignal };

async function servePaid(response: ServerResponse, call: PaidCall, tools: ServeTools): Promise<void> {
  const { paid, work, service, left } = call;
  let give: (() => void) | undefined;
  try {
    give = tools.slots.take(paid.streamId);
    const answer = await tools.inference.ask(work, left);
    if (answer.kind === "events") return await relayEvents(response, answer.body, { paid, left }, tools);
    const whole = service.answer
      ? { contentType: "application/json", body: shaped(service.answer, answer.body, tools.config.model) }
      : answer;
    const receipt = await paid.settle({ outcome: "served", status: 200, digest: contentDigest(whole.body) });
    response
      .writeHead(200, {
        "content-type": whole.contentType,
        "content-length": whole.body.byteLength,
        "cache-control": "private, no-store",
        ...paid.headers,
        ...(receipt ? { "payment-receipt": encoded(receipt) } : {}),
      })
      .end(whole.body);
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    await paid
      .settle({ outcome: "void", status })
      .catch((trouble) => tools.report(`Call ${paid.requestId} could not be voided.`, trouble));
    throw new RefusedPaid(error, paid.headers);
  } finally {
    give?.();
  }
}

/** `multipart/form-data` keeps its boundary; for all else the parameters say nothing. */
function mediaType(request: IncomingMessage, { path }: SoldService): string {
  const given = request.headers["content-type"] ?? "";
  return path === "/v1/audio/transcriptions" ? given : (given.split(";")[0]?.trim().toLowerCase() ?? "");
}

function pick({ model, upstreamModel }: ProviderConfig) {
  return { model, upstreamModel };
}

/** @throws Refusal `inference-failed` for what is no answer of a model */
function shaped(answer: NonNullable<SoldService["answer"]>, body: Buffer, model: string): Buffer {
  try {
    return Buffer.from(JSON.stringify(answer(JSON.parse(body.toString("utf8")), model)));
  } catch (cause) {
    throw new Refusal("inference-failed", "The model's answer cannot be read. Nothing was charged.", {
      cause,
    });
  }
}

/** The value of `Payment-Receipt`: base64url of the JSON. */
export function encoded(receipt: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(receipt)).toString("base64url");
}
