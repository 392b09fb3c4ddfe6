import { Challenge, Credential } from "mppx";
import type { Signer } from "@/components/wallet/signer";
import { ledgerMethod } from "@/lib/mpp/ledger-method";
import { streamTypedData } from "@/lib/mpp/stream-typed-data";
import { type Exchange, exchange, fromBase64UrlJson } from "./wire";

export type Call = { method: string; url: string; body: string; tier: string | null; idempotencyKey: string };

export type CallOutcome =
  | { kind: "served"; text: string; contentType: string; receipt: Record<string, unknown> | null }
  | { kind: "unpaid"; problem: Problem }
  | { kind: "refused"; problem: Problem };

type Problem = { title: string; detail: string; status: number } & Record<string, unknown>;
type Token = { token: string; expiresMs: number };

type Payer = {
  /** Null while nobody is signed in or no stream is open: then the call is only asked for, to see its price. */
  sign: { streamId: string; signer: () => Promise<Signer> } | null;
  token: Token | null;
  keepToken: (token: Token) => void;
};

/** Calls a service through its paid door, answering the challenge when one comes, and notes every step. */
export async function payCall(
  call: Call,
  payer: Payer,
  note: (step: Exchange) => void,
): Promise<CallOutcome> {
  const headers = callHeaders(call);
  const first = await exchange(
    payer.token ? "Asked, with the stream’s session token" : "Asked, without paying",
    call.url,
    {
      method: call.method,
      headers: payer.token ? { ...headers, "Stream-Session": payer.token.token } : headers,
      body: call.body,
    },
  );
  if (first.response.status !== 402) {
    note(withReceipt(first.noted));
    return outcome(first);
  }

  const challenge = Challenge.fromResponse(first.response, { methods: [ledgerMethod] });
  note({ ...first.noted, decoded: [{ title: "The challenge, decoded", value: challenge }] });
  if (!payer.sign) return { kind: "unpaid", problem: problemOf(first.text, 402) };

  const signer = await payer.sign.signer();
  const payload = { action: "prove", payer: signer.address, streamId: payer.sign.streamId } as const;
  const typedData = streamTypedData(challenge, payload);
  const signature = await signer.signTypedData(typedData);
  const credential = Credential.from({
    challenge,
    payload: { ...payload, type: "proof", signature },
    source: `did:pkh:eip155:${challenge.request.methodDetails.chainId}:${signer.address}`,
  });

  const second = await exchange("Asked again, with the signed proof", call.url, {
    method: call.method,
    headers: { ...headers, Authorization: Credential.serialize(credential) },
    body: call.body,
  });
  const noted = withReceipt(second.noted);
  note({
    ...noted,
    decoded: [
      {
        title: "What the wallet signed (EIP-712)",
        value: { primaryType: typedData.primaryType, ...typedData.message },
      },
      ...noted.decoded,
    ],
  });
  keepSession(second.response, payer.keepToken);
  return outcome(second);
}

function callHeaders({ method, tier, idempotencyKey }: Call): Record<string, string> {
  return {
    Accept: "application/json, text/event-stream",
    ...(method === "GET" ? {} : { "Content-Type": "application/json" }),
    ...(tier ? { "Stream-Tier": tier } : {}),
    "Idempotency-Key": idempotencyKey,
  };
}

function keepSession(response: Response, keep: (token: Token) => void): void {
  const token = response.headers.get("Stream-Session");
  const expires = Date.parse(response.headers.get("Stream-Session-Expires") ?? "");
  if (token && Number.isFinite(expires)) keep({ token, expiresMs: expires });
}

function withReceipt(noted: Exchange): Exchange {
  const receipt = fromBase64UrlJson(noted.response.headers["payment-receipt"] ?? "");
  return receipt ? { ...noted, decoded: [{ title: "The receipt, decoded", value: receipt }] } : noted;
}

function outcome({ response, text }: { response: Response; text: string }): CallOutcome {
  if (!response.ok) return { kind: "refused", problem: problemOf(text, response.status) };
  const receipt = fromBase64UrlJson(response.headers.get("Payment-Receipt") ?? "");
  return { kind: "served", text, contentType: response.headers.get("Content-Type") ?? "", receipt };
}

/** What the answer says is wrong: problem+json as it is, anything else in our words. */
function problemOf(text: string, status: number): Problem {
  try {
    const body: Record<string, unknown> = JSON.parse(text);
    const title = typeof body.title === "string" ? body.title : `The provider answered ${status}`;
    const detail = typeof body.detail === "string" ? body.detail : text.slice(0, 300);
    return { ...body, title, detail, status };
  } catch {
    return { title: `The provider answered ${status}`, detail: text.slice(0, 300), status };
  }
}
