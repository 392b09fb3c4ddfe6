/** What crosses the door between a caller and a provider, each way, against a real HTTP server. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANSWER_MAX, callUpstream, type UpstreamCall } from "./call-upstream";

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
let server: Server;
let host: string;
let seen: Seen[] = [];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function call(over: Partial<UpstreamCall> = {}) {
  seen = [];
  return callUpstream({
    providerId: "letters",
    endpoint: `http://${host}/base/`,
    path: "/score",
    search: "?unit=mm%20h",
    method: "POST",
    headers: new Headers({ "content-type": "application/json" }),
    body: Buffer.from('{"a":1}'),
    decision: {
      requestId: "req_1",
      streamId: "str_1",
      payer: "0xpayer",
      tier: "basic",
    } as UpstreamCall["decision"],
    grant: (path) => `granted ${path}`,
    allow: [host],
    ...over,
  });
}

const json =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end('{"ok":true}');
  };

describe("on the way to the provider", () => {
  test("it gets the listed path, the query, the body, and who pays", async () => {
    answer = json(200);
    await call();
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: "/base/score?unit=mm%20h",
      body: '{"a":1}',
      headers: {
        "stream-request": "req_1",
        "stream-id": "str_1",
        "stream-payer": "0xpayer",
        "stream-tier": "basic",
        "stream-grant": "granted /score?unit=mm%20h",
      },
    });
  });

  test("none of a caller's secrets, addresses or controls goes with it", async () => {
    answer = json(200);
    const canary = "canary-5d1f";
    const dangerous = [
      "authorization",
      "cookie",
      "payment-authorization",
      "payment-signature",
      "x-payment",
      "sign-in-with-x",
      "stream-session",
      "idempotency-key",
      "x-forwarded-for",
      "x-real-ip",
      "forwarded",
      "cf-connecting-ip",
      "x-api-key",
      "stripe-account",
      "x-superstream-peer",
      "x-middleware-subrequest",
      "origin",
      "referer",
      "range",
      "if-none-match",
    ];
    await call({
      headers: new Headers([
        ["accept", "application/json"],
        ["stream-payer", canary],
        ["stream-grant", canary],
        ...dangerous.map((name): [string, string] => [name, canary]),
      ]),
    });
    expect(JSON.stringify(seen[0])).not.toContain(canary);
    expect(seen[0]?.headers.accept).toBe("application/json");
  });
});

describe("on the way back", () => {
  test("only the content's own headers come through", async () => {
    answer = json(200, {
      "content-language": "en",
      "set-cookie": "a=b",
      "payment-receipt": "forged",
      "www-authenticate": "Payment forged",
      "payment-required": "forged",
      "stream-session": "forged",
      "cache-control": "public, max-age=9999",
      "access-control-allow-origin": "https://evil.example",
      "content-security-policy": "default-src *",
      "content-encoding": "identity",
      location: "https://evil.example",
      "x-superstream-anything": "forged",
    });
    expect(await call()).toEqual({
      kind: "whole",
      status: 200,
      headers: { "content-type": "application/json", "content-language": "en" },
      body: Buffer.from('{"ok":true}'),
    });
  });

  test.each([400, 404, 409, 422, 429])("%s is the provider's word to the caller", async (status) => {
    answer = json(status);
    expect(await call()).toMatchObject({ kind: "whole", status });
  });

  test.each([401, 402, 500, 502, 503])("%s is a failure of the provider", async (status) => {
    answer = json(status, { "www-authenticate": "Basic" });
    await expect(call()).rejects.toMatchObject({
      code: "upstream-failed",
      options: { extensions: { upstreamStatus: status } },
    });
  });

  test.each([301, 302, 303, 307, 308])("%s is refused", async (status) => {
    answer = json(status, { location: "http://169.254.169.254/" });
    await expect(call()).rejects.toMatchObject({ code: "upstream-refused" });
  });

  test("an answer of exactly the limit passes, one byte more does not", async () => {
    answer = (response) => response.end(Buffer.alloc(ANSWER_MAX));
    expect(await call()).toMatchObject({ kind: "whole" });
    answer = (response) => response.end(Buffer.alloc(ANSWER_MAX + 1));
    await expect(call()).rejects.toMatchObject({ code: "upstream-failed" });
  });

  test("a compressed answer is counted as it unpacks", async () => {
    answer = (response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(8 << 20)));
    await expect(call()).rejects.toMatchObject({ code: "upstream-failed" });
  });

  test("an answer that breaks off is a failure", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("part");
      setTimeout(() => response.destroy(), 20);
    };
    await expect(call()).rejects.toMatchObject({ code: "upstream-failed" });
  });

  test("nobody there is a failure", async () => {
    const closed = "127.0.0.1:1";
    await expect(call({ endpoint: `http://${closed}`, allow: [closed] })).rejects.toMatchObject({
      code: "upstream-failed",
    });
  });

  test("events are passed on as they come", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: one\n\n");
      setTimeout(() => response.end("data: two\n\n"), 20);
    };
    const events = await call();
    if (events.kind !== "events") throw new Error("They are events.");
    const parts: string[] = [];
    for await (const chunk of events.body) parts.push(Buffer.from(chunk).toString());
    expect(parts).toEqual(["data: one\n\n", "data: two\n\n"]);
  });
});
