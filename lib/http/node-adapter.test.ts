import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  request as openRequest,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ProblemError } from "@/lib/errors";
import { admitRequest } from "./admit-request";
import { type FetchHandler, nodeListener } from "./node-adapter";
import { refuseEarly } from "./refuse-early";

const ORIGIN = "https://superstream.example";
const CHUNK = new Uint8Array(64 * 1024);

let server: Server;
const onError = vi.fn();

afterEach(() => {
  onError.mockReset();
  server.closeAllConnections();
  server.close();
});

describe("nodeListener", () => {
  test("given a request, the handler sees our origin, its path, its headers and its body", async () => {
    const url = await serve(async (request) =>
      Response.json({ url: request.url, method: request.method, body: await request.text() }),
    );
    const response = await fetch(`${url}//x/../y?q=1`, {
      method: "POST",
      body: "péché",
      headers: { host: "evil" },
    });
    expect(await response.json()).toEqual({ url: `${ORIGIN}//y?q=1`, method: "POST", body: "péché" });
  });

  test("given Authorization twice, the handler sees that there were two", async () => {
    const url = await serve(async (request) => new Response(request.headers.get("authorization")));
    const answer = await raw(
      url,
      "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: b\r\n\r\n",
    );
    expect(answer).toContain("a, b");
  });

  test("given several cookies, each is a header of its own", async () => {
    const url = await serve(async () => {
      const response = new Response(null, { status: 204 });
      response.headers.append("set-cookie", "a=1");
      response.headers.append("set-cookie", "b=2");
      return response;
    });
    expect((await fetch(url)).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("given HEAD, it sends the headers and cancels the body", async () => {
    const cancel = vi.fn();
    const url = await serve(
      async () => new Response(new ReadableStream({ cancel }), { headers: { "x-a": "1" } }),
    );
    const response = await fetch(url, { method: "HEAD" });
    expect(response.headers.get("x-a")).toBe("1");
    expect(cancel).toHaveBeenCalledOnce();
  });

  test("given an answer that comes in parts, each part leaves before the next exists", async () => {
    const parts: ReadableStreamDefaultController<Uint8Array>[] = [];
    const url = await serve(
      async () => new Response(new ReadableStream({ start: (made) => void parts.push(made) })),
    );
    const response = await fetch(url); // The status arrives although nothing of the body exists yet.
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const part of ["one", "two"]) {
      parts[0]?.enqueue(new TextEncoder().encode(part));
      expect((await reader?.read())?.value).toBe(part);
    }
    parts[0]?.close();
    expect((await reader?.read())?.done).toBe(true);
  });

  test.each(["unread", "read in part"])(
    "given a body left %s, its connection serves the next request",
    async (left) => {
      const url = await serve(async (request) => {
        if (left === "read in part" && request.body) await request.body.getReader().read();
        return new Response("done");
      });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const send = (method: string, body?: string) =>
        new Promise<number | undefined>((resolve, reject) => {
          const request = openRequest(url, { method, agent, timeout: 2_000 }, (response) => {
            response.resume().on("end", () => resolve(response.statusCode));
          });
          request.on("error", reject).on("timeout", () => request.destroy(new Error("no answer")));
          request.end(body);
        });
      expect(await send("POST", "x".repeat(300_000))).toBe(200);
      expect(await send("OPTIONS")).toBe(200);
      expect(await send("GET")).toBe(200);
      agent.destroy();
    },
  );

  test("given a request body that comes in parts, the handler reads each as it comes", async () => {
    const url = await serve(async (request) => new Response(request.body));
    const outgoing = openRequest(url, { method: "POST" });
    outgoing.write("one");
    const answer = await new Promise<NodeJS.ReadableStream>((resolve) => outgoing.on("response", resolve));
    const first = await new Promise((resolve) => answer.once("data", resolve));
    expect(String(first)).toBe("one");
    outgoing.end("two");
    expect(await text(answer)).toBe("two");
  });

  test("given a client that leaves before the answer, the request's signal aborts", async () => {
    const arrived = deferred<Request>();
    const aborted = deferred<void>();
    const url = await serve(async (request) => {
      request.signal.addEventListener("abort", () => aborted.resolve());
      arrived.resolve(request);
      await aborted.promise;
      throw new Error("Nobody listens any more.");
    });
    const outgoing = openRequest(url).on("error", () => {});
    outgoing.end();
    await arrived.promise;
    outgoing.destroy();
    await aborted.promise;
    expect(onError).not.toHaveBeenCalled();
  });

  test("given a client that leaves during the answer, its source is cancelled", async () => {
    const cancelled = deferred<boolean>();
    const url = await serve(
      async () =>
        new Response(
          new ReadableStream({
            start: (made) => made.enqueue(CHUNK),
            cancel: () => cancelled.resolve(true),
          }),
        ),
    );
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    expect(await cancelled.promise).toBe(true);
  });

  test("given a client that does not read, the source is not drained into memory", async () => {
    let pulled = 0;
    const url = await serve(
      async () =>
        new Response(
          new ReadableStream({
            pull(made) {
              pulled += 1;
              made.enqueue(CHUNK);
            },
          }),
        ),
    );
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await vi.waitUntil(() => pulled > 0);
    const settled = await stable(() => pulled);
    socket.destroy();
    expect(settled * CHUNK.length).toBeLessThan(64 * 1024 * 1024); // What the kernel buffers, not what exists: endless.
  });

  test("given a refusal, it is problem details; given a bug, nothing of it shows", async () => {
    const url = await serve(async (request) => {
      if (request.url.endsWith("/refuse"))
        throw new ProblemError("stream-not-found", "There is no stream here.");
      throw new Error("secret detail");
    });
    const refused = await fetch(`${url}/refuse`);
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({
      code: "stream-not-found",
      type: expect.stringContaining("/problems/"),
    });
    const broken = await fetch(url);
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain("secret detail");
    expect(onError).toHaveBeenLastCalledWith(expect.objectContaining({ message: "secret detail" }));
  });

  test("given an answer that breaks half-way, the client does not take it for whole", async () => {
    const url = await serve(
      async () =>
        new Response(
          new ReadableStream({
            async pull(made) {
              made.enqueue(new TextEncoder().encode("half"));
              await new Promise((resolve) => setTimeout(resolve, 20));
              made.error(new Error("The source broke."));
            },
          }),
        ),
    );
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow();
    expect(onError).toHaveBeenCalledOnce();
  });
});

describe("admitRequest", () => {
  test("given Next's internal headers or a forged peer, they are gone and the real peer is there", async () => {
    const url = await serve(async (request) => Response.json(Object.fromEntries(request.headers)));
    const forged = {
      "x-middleware-subrequest": "proxy:proxy:proxy",
      "X-Nextjs-Data": "1",
      "x-matched-path": "/admin",
      "x-superstream-peer": "10.0.0.1",
    };
    const seen = (await (
      await fetch(url, { headers: { ...forged, "x-kept": "yes" } })
    ).json()) as IncomingHttpHeaders;
    expect(seen).toMatchObject({ "x-kept": "yes", "x-superstream-peer": "127.0.0.1" });
    expect(Object.keys(seen).filter((name) => /^x-(middleware|nextjs|matched)/.test(name))).toEqual([]);
  });

  test.each([
    {
      given: "a field of more than 8 KiB",
      head: `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(8_192)}`,
      status: 431,
    },
    {
      given: "headers of more than 16 KiB",
      head: `GET / HTTP/1.1\r\n${"A: aaaaaaaa\r\n".repeat(2_000)}B: b`,
      status: 431,
    },
    {
      given: "a proxy's request form",
      head: "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example",
      status: 400,
    },
    {
      given: "a percent sign without digits",
      head: "GET /api/v1/providers/%zz HTTP/1.1\r\nHost: x",
      status: 400,
    },
    { given: "bytes that are no UTF-8", head: "GET /%ff HTTP/1.1\r\nHost: x", status: 400 },
    { given: "Next's data of pages", head: "GET /_next/data/x/a.json HTTP/1.1\r\nHost: x", status: 404 },
    {
      given: "the same in disguise",
      head: "GET /%5fnext/data/x/a.json HTTP/1.1\r\nHost: x",
      status: 404,
    },
    { given: "an asterisk", head: "OPTIONS * HTTP/1.1\r\nHost: x", status: 400 },
    {
      given: "two lengths",
      head: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2",
      status: 400,
    },
    { given: "no Host", head: "GET / HTTP/1.1\r\nA: b", status: 400 },
  ])("given $given, it answers $status", async ({ head, status }) => {
    const url = await serve(async () => new Response("never"));
    expect(await raw(url, `${head}\r\n\r\n`)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

test.each([
  {
    given: "a header field of more than 8 KiB",
    path: "/",
    headers: { a: "a".repeat(8_192) },
    code: "headers-too-large",
  },
  { given: "bytes that are no UTF-8", path: "/%ff", headers: {}, code: "malformed-request" },
  { given: "Next's data of pages", path: "/_next/data/x/a.json", headers: {}, code: "not-found" },
])("given $given, the refusal is problem details with the code $code", async ({ path, headers, code }) => {
  const url = await serve(async () => new Response("never"));
  const response = await fetch(url + path, { headers: headers as Record<string, string> });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ code, status: response.status });
});

/** The front of scripts/serve.ts around one handler. */
async function serve(handler: FetchHandler): Promise<string> {
  const listener = nodeListener(handler, { origin: ORIGIN, onError });
  server = createServer({ maxHeaderSize: 16_384 }, (incoming, outgoing) => {
    const refused = admitRequest(incoming);
    if (refused) void refuseEarly(refused, outgoing);
    else void listener(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends bytes as they are and gives what comes back within the first packets. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part) => {
      answer += part;
      if (/\r\n\r\n[\s\S]+|content-length: 0|connection: close/i.test(answer)) socket.end();
    });
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The value once it has stopped changing for a while. */
async function stable(read: () => number): Promise<number> {
  for (let last = -1; ; ) {
    const now = read();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
