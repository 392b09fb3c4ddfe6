import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { type LightHandler, lightListener } from "./light-listener";
import type { LightRequest } from "./light-message";

const servers: Server[] = [];
const troubles: unknown[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  troubles.length = 0;
});

async function serve(handler: LightHandler): Promise<string> {
  const listener = lightListener(handler, {
    origin: "https://superstream.test",
    onError: (error) => troubles.push(error),
  });
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends the bytes as they are, and reads until the server closes. */
async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

const echo: LightHandler = async (request) => {
  const body = await request.readBody(8);
  return { status: body ? 200 : 413, headers: { "x-url": request.url }, body: body ?? Buffer.from("long") };
};

describe("a handler of the hot path on node:http", () => {
  test("given a body, it is answered whole, on our origin whatever Host says", async () => {
    const response = await fetch(`${await serve(echo)}/a?b`, { method: "POST", body: "12345678" });
    expect([response.status, await response.text()]).toEqual([200, "12345678"]);
    expect(response.headers.get("x-url")).toBe("https://superstream.test/a?b");
    expect(response.headers.get("content-length")).toBe("8");
  });

  test("given no body, it reads none", async () => {
    expect(await (await fetch(await serve(echo))).text()).toBe("");
  });

  test.each([
    { given: "a length that is too large", head: "Content-Length: 9", body: "123456789" },
    {
      given: "pieces that become too long",
      head: "Transfer-Encoding: chunked",
      body: "5\r\n12345\r\n4\r\n6789\r\n0\r\n\r\n",
    },
  ])("given $given, it refuses, and the connection serves the next request", async ({ head, body }) => {
    const answer = await raw(
      await serve(echo),
      `POST / HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n${body}GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toContain("HTTP/1.1 413");
    expect(answer).toContain("x-url: https://superstream.test/next");
  });

  test("given a length that is too large, it refuses before any of the body comes", async () => {
    const { hostname, port } = new URL(await serve(echo));
    const socket = connect(Number(port), hostname);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    const first = await new Promise((resolve) => socket.once("data", resolve));
    expect(String(first)).toContain("HTTP/1.1 413");
    socket.destroy();
  });

  test("given a handler that does not read the body, the connection serves the next request", async () => {
    const url = await serve(async ({ url: asked }) => ({
      status: 200,
      headers: { "x-url": asked },
      body: Buffer.from(""),
    }));
    const answer = await raw(
      url,
      "POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    expect(answer.match(/x-url: \S+/g)).toEqual([
      "x-url: https://superstream.test/one",
      "x-url: https://superstream.test/two",
    ]);
  });

  test("given Authorization twice, the handler sees that there were two", async () => {
    const url = await serve(async ({ headers }) => ({
      status: 200,
      headers: {},
      body: Buffer.from(headers.get("authorization") ?? ""),
    }));
    const answer = await raw(
      url,
      "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: b\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toContain("a, b");
  });

  test("given HEAD, it sends the headers alone; given 204, no body and no length", async () => {
    const url = await serve(async () => ({
      status: 200,
      headers: { "x-a": "1" },
      body: Buffer.from("body"),
    }));
    const head = await fetch(url, { method: "HEAD" });
    expect([head.headers.get("content-length"), await head.text()]).toEqual(["4", ""]);
    const nothing = await serve(async () => ({ status: 204, headers: {}, body: Buffer.from("ignored") }));
    const response = await fetch(nothing);
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([
      204,
      null,
      "",
    ]);
  });

  test("given a client that leaves in the middle of its body, the handler learns it, and nobody is alarmed", async () => {
    const seen = withResolvers<{ error: unknown; request: LightRequest }>();
    const url = await serve(async (request) => {
      const error = await request.readBody(100).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      seen.resolve({ error, request });
      return { status: 400, headers: {}, body: Buffer.from("") };
    });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", () =>
      setTimeout(() => socket.destroy(), 20),
    );
    const { error, request } = await seen.promise;
    expect(error).toBeInstanceOf(Error);
    expect(request.hasLeft()).toBe(true);
    expect(troubles).toEqual([]);
  });

  test("given a client that left before the body is read, reading fails at once", async () => {
    const seen = withResolvers<unknown>();
    const url = await serve(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      seen.resolve(
        await request.readBody(100).then(
          () => null,
          (thrown: unknown) => thrown,
        ),
      );
      return { status: 400, headers: {}, body: Buffer.from("") };
    });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", () =>
      setTimeout(() => socket.destroy(), 5),
    );
    expect(await seen.promise).toBeInstanceOf(Error);
  });

  test("given a Response, it goes out as any other; one that breaks is told", async () => {
    const broken = new ReadableStream(
      {
        start: (parts) => parts.enqueue(Buffer.from("part")),
        pull: (parts) => parts.error(new Error("torn")),
      },
      { highWaterMark: 0 },
    );
    const url = await serve(
      async ({ url: asked }) => new Response(asked.endsWith("/torn") ? broken : "text"),
    );
    expect(await (await fetch(url)).text()).toBe("text");
    await expect(fetch(`${url}/torn`).then((response) => response.text())).rejects.toThrow();
    expect(troubles).toMatchObject([{ message: "torn" }]);
  });
});

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
