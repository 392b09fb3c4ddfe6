import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type LoadGenerator, startLoadGenerator } from "./load-generator";

let generator: LoadGenerator;
let server: Server | undefined;

beforeAll(async () => {
  generator = await startLoadGenerator();
}, 30_000);
afterAll(() => generator.stop());
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(listener: RequestListener): Promise<number> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return (listening.address() as AddressInfo).port;
}

const brief = { connections: 3, warmMs: 50, measureMs: 150 };

describe("the load generator", () => {
  test("given answers of known length, in chunks and without a body, it counts what the server counted", async () => {
    let answered = 0;
    const port = await listen((request, response) => {
      request.resume().on("end", () => {
        answered += 1;
        if (answered % 3 === 0) response.writeHead(204).end();
        else if (answered % 3 === 1) response.setHeader("content-length", 5).end("hello");
        else {
          response.write("in "); // Without a length: chunks, and in two packets.
          setImmediate(() => response.end("chunks"));
        }
      });
    });
    const load = await generator.run({ target: { port, method: "GET", path: "/" }, ...brief });
    expect(load.failures).toEqual([]);
    expect(load.ok).toBe(answered);
    expect(load.measured).toBeGreaterThan(10);
    expect(load.measured).toBeLessThan(load.ok);
    expect(load.histogram.total).toBe(load.measured);
  });

  test("each request carries the body, the next token and a key of its own", async () => {
    const seen: { body: string; token: unknown; key: unknown }[] = [];
    const port = await listen(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      seen.push({ body, token: request.headers["stream-session"], key: request.headers["idempotency-key"] });
      response.end("ok");
    });
    await generator.run({
      target: {
        port,
        method: "POST",
        path: "/x",
        body: '{"n":1}',
        tokens: ["a", "b"],
        fresh: "idempotency-key",
      },
      ...brief,
    });
    expect(new Set(seen.map(({ body }) => body))).toEqual(new Set(['{"n":1}']));
    expect(new Set(seen.map(({ token }) => token))).toEqual(new Set(["a", "b"]));
    expect(new Set(seen.map(({ key }) => key)).size).toBe(seen.length);
  });

  test("given refusals, they are failures, with what they said", async () => {
    const port = await listen((request, response) => {
      request.resume().on("end", () => response.writeHead(402).end("pay first"));
    });
    const load = await generator.run({ target: { port, method: "GET", path: "/" }, ...brief });
    expect(load.ok).toBe(0);
    expect(load.failures.map(([what]) => what)).toEqual([expect.stringContaining("402")]);
  });

  test("given a server that hangs up, it is a failure", async () => {
    const port = await listen((request) => request.socket.destroy());
    const load = await generator.run({ target: { port, method: "GET", path: "/" }, ...brief });
    expect(load.failures.map(([what]) => what)).toContain("the server closed the connection");
  });
});
