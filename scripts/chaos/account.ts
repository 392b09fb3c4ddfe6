import { createHash } from "node:crypto";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { Answer, Operation, OperationKind } from "./history";
import { Again, type Reply, type Sender } from "./send";

/** What is used here of a stream as the API shows it: amounts are decimal strings of base units. */
export type StreamJson = { id: string; status: string; minimumTopUp: string };

export type ChaosAccount = ReturnType<typeof createAccount>;

/**
 * Somebody who asks the API: signs in by SIWE, stays signed in, sends keyed operations.
 *
 * @param ip the address behind the proxy, so that each client has its own counts of unpaid requests
 */
export function createAccount(options: { name: string; seed: number; ip: string; sender: Sender }) {
  const { name, seed, ip, sender } = options;
  const signer: PrivateKeyAccount = privateKeyToAccount(
    `0x${createHash("sha256").update(`superstream chaos ${seed} ${name}`).digest("hex")}`,
  );
  let token: Promise<string> | null = null;

  /** Two servers share the sessions, so one sign-in is for both. */
  async function signIn(server: string): Promise<string> {
    const post = (path: string, body: unknown) =>
      sender.once(`${server}/api/v1/auth/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": ip },
        body: JSON.stringify(body),
      });
    const { message } = expectStatus(await post("nonce", { address: signer.address }), 201) as {
      message: string;
    };
    const signature = await signer.signMessage({ message });
    const reply = await post("session", { message, signature });
    // The nonce of an answer that was lost is used up: begin anew.
    if (reply.status === 401) throw new Again("401 at sign-in", 50, false);
    return (expectStatus(reply, 201) as { token: string }).token;
  }

  async function tokenFrom(server: string): Promise<string> {
    token ??= signIn(server);
    try {
      return await token;
    } catch (error) {
      token = null;
      throw error;
    }
  }

  /** One request as the account. @throws Again also when the session has to be renewed */
  async function ask(server: string, method: string, path: string, body?: unknown, key?: string | null) {
    const headers: Record<string, string> = {
      authorization: `Bearer ${await tokenFrom(server)}`,
      "x-forwarded-for": ip,
    };
    if (key) headers["idempotency-key"] = key;
    if (body !== undefined) headers["content-type"] = "application/json";
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const reply = await sender.once(`${server}${path}`, init);
    if (reply.status === 401) {
      token = null;
      throw new Again("401 session", 50, false);
    }
    return reply;
  }

  /** Sends `operation.copies` of one keyed operation at once, each until it is answered; gives the first answer. */
  async function operate(
    operation: Operation,
    method: string,
    path: string,
    body: unknown,
  ): Promise<Answer | null> {
    const answers = await Promise.all(
      Array.from({ length: operation.copies }, (_, copy) =>
        sender.untilAnswered(operation, copy, async (server) =>
          toAnswer(operation.kind, await ask(server, method, path, body, operation.key)),
        ),
      ),
    );
    return answers.find((answer) => answer?.done) ?? answers[0] ?? null;
  }

  /** The JSON at a path, however often it has to be asked for. @throws Error when it is refused */
  const read = (path: string) => insist("GET", path);
  /** For what may be done again: sent until it is done. @throws Error when it is refused */
  const write = (path: string, body: unknown) => insist("POST", path, body);

  async function insist(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await sender.untilAnswered(null, 0, async (server) =>
      toAnswer("look", await ask(server, method, path, body)),
    );
    if (answer?.done) return answer.body;
    throw new Error(
      `${method} ${path} as ${name}: ${answer ? `${answer.status} ${JSON.stringify(answer.body)}` : "no answer"}`,
    );
  }

  /** All streams that it sends or receives, newest first. */
  async function listStreams(role: "sender" | "receiver"): Promise<StreamJson[]> {
    const streams: StreamJson[] = [];
    let cursor = "";
    do {
      const page = (await read(`/api/v1/streams?role=${role}&limit=100${cursor}`)) as {
        items: StreamJson[];
        nextCursor: string | null;
      };
      streams.push(...page.items);
      cursor = page.nextCursor === null ? "" : `&cursor=${encodeURIComponent(page.nextCursor)}`;
    } while (cursor);
    return streams;
  }

  return { name, ip, signer, address: signer.address.toLowerCase(), ask, operate, read, write, listStreams };
}

function expectStatus(reply: Reply, status: number): unknown {
  if (reply.status === status) return reply.json;
  throw new Error(`Expected ${status}, got ${reply.status}: ${reply.text.slice(0, 300)}`);
}

/** What an answer says of its operation, without what changes from one moment to the next. */
function toAnswer(kind: OperationKind | "look", { status, code, json }: Reply): Answer {
  const done = status >= 200 && status < 300;
  return {
    done,
    status,
    code,
    digest: done ? digest(kind, json as Record<string, unknown>) : "",
    body: json,
  };
}

function digest(kind: OperationKind | "look", body: Record<string, unknown>): string {
  switch (kind) {
    case "credit":
    case "look":
      return kind;
    case "open":
      return JSON.stringify([body.id, body.sender, body.receiver, body.startedAtMs]);
    case "close":
      // While a paid call is under way the settlement is not known yet: two answers may differ then.
      return body.status === "settled" ? JSON.stringify([body.streamId, body.totalPaid, body.refund]) : "";
    default:
      return String(body.id);
  }
}
