import { createHash } from "node:crypto";
import { Challenge, Credential } from "mppx";
import { contentDigest } from "@/lib/mpp/digest";
import type { StreamRequest } from "@/lib/mpp/ledger-method";
import { streamTypedData, type UnsignedPayload } from "@/lib/mpp/stream-typed-data";
import type { ChaosAccount } from "./account";
import type { Answer, History, Operation } from "./history";
import type { Service } from "./market";
import { Again, type Reply, type Sender } from "./send";

type LedgerChallenge = Challenge.Challenge<StreamRequest, "stream", "ledger">;

/** A challenge, a proof of an old stream, and what the server then asks for: no honest exchange is longer. */
const MAX_STEPS = 5;

export type PaidCall = {
  service: Service;
  body: string;
  /** Answers the challenge by opening a stream with this deposit, whatever streams there are. */
  open?: { deposit: bigint; operationKey: string };
  /** Tops a spent stream up on the way. */
  mayTopUp: boolean;
};

/** Pays for calls as an agent does: session token if there is one, else a signed answer to the challenge. */
export function createPaidCaller(account: ChaosAccount, sender: Sender, history: History) {
  const sessions = new Map<string, string>();

  /** Sends `operation.copies` of a paid call at once; gives the first answer. */
  async function callPaid(operation: Operation, call: PaidCall): Promise<Answer | null> {
    const answers = await Promise.all(
      Array.from({ length: operation.copies }, (_, copy) =>
        sender.untilAnswered(operation, copy, (server) => exchange(server, operation, call)),
      ),
    );
    return answers.find((answer) => answer?.done) ?? answers[0] ?? null;
  }

  /** One exchange with one server, from the bare request to an answer. */
  async function exchange(server: string, operation: Operation, call: PaidCall): Promise<Answer> {
    const { service, open } = call;
    let credential: string | null = null;
    let opened = false;
    let topUp: Operation | null = null;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const reply = await ask(server, operation, call, credential);
      if (topUp && reply.status < 300)
        topUp.answers.push({ ...refusal(reply), done: true, digest: operation.streamId ?? "" });
      if (reply.status !== 402) return answerOf(operation, reply);

      sessions.delete(service.providerId);
      const challenge = challengeOf(reply);
      const { next, streamId, minimumTopUp } = challenge.request.methodDetails;
      if (open && !opened) {
        opened = true;
        const { deposit, operationKey } = open;
        credential = await sign(challenge, {
          action: "open",
          payer: account.signer.address,
          deposit: String(deposit),
          operationKey,
        });
      } else if (next === "prove" || reply.code === "invalid-challenge") {
        credential = await sign(challenge, { action: "prove", payer: account.signer.address });
      } else if (next === "topUp" && call.mayTopUp && !topUp && streamId) {
        const amount = history.unique(BigInt(minimumTopUp ?? "1"));
        const operationKey = `chaos-top-up-${amount}`;
        topUp = history.begin("top-up", account.address, {
          key: `mpp:${operationKey}`,
          streamId,
          amount,
          lost: 1,
        });
        credential = await sign(challenge, {
          action: "topUp",
          payer: account.signer.address,
          streamId,
          amount: String(amount),
          operationKey,
        });
      } else {
        return refusal(reply);
      }
    }
    throw new Again("402 again and again", 100, false);
  }

  async function ask(
    server: string,
    { key }: Operation,
    { service, body, open }: PaidCall,
    credential: string | null,
  ): Promise<Reply> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "x-forwarded-for": account.ip,
    };
    const session = sessions.get(service.providerId);
    if (key) headers["idempotency-key"] = key;
    if (credential) headers.authorization = credential;
    else if (session && !open) headers["stream-session"] = session;
    const reply = await sender.once(`${server}/api/p/${service.providerId}${service.path}`, {
      method: "POST",
      headers,
      body,
    });
    const issued = reply.headers.get("stream-session");
    if (issued) sessions.set(service.providerId, issued);
    return reply;
  }

  async function sign(challenge: LedgerChallenge, payload: UnsignedPayload): Promise<string> {
    const signature = await account.signer.signTypedData(streamTypedData(challenge, payload));
    return Credential.serialize(
      Credential.from({ challenge, payload: { ...payload, type: "proof", signature } }),
    );
  }

  return { callPaid };
}

function challengeOf({ status, headers }: Reply): LedgerChallenge {
  return Challenge.fromResponse(new Response(null, { status, headers })) as LedgerChallenge;
}

function answerOf(operation: Operation, reply: Reply): Answer {
  if (reply.status < 200 || reply.status > 299) return refusal(reply);
  const encoded = reply.headers.get("payment-receipt") ?? "";
  const receipt = JSON.parse(Buffer.from(encoded, "base64url").toString() || "{}") as Record<string, unknown>;
  const requestId = String(receipt.requestId ?? reply.headers.get("stream-request"));
  const streamId = String(receipt.streamId ?? "");
  operation.streamId ??= streamId;
  operation.paid.push({
    requestId,
    streamId,
    receipt,
    responseDigest: contentDigest(Buffer.from(reply.text)),
  });
  const digest = createHash("sha256").update(`${requestId} ${encoded} ${reply.text}`).digest("hex");
  return { done: true, status: reply.status, code: null, digest, body: { streamId, requestId } };
}

function refusal({ status, code, json }: Reply): Answer {
  return { done: false, status, code, digest: "", body: json };
}
