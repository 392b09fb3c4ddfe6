import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { probeProvider } from "./probe-provider";

let server: Server;
let host: string;
let asked: { method: string | undefined; url: string | undefined; headers: IncomingMessage["headers"] }[] =
  [];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ method: request.method, url: request.url, headers: request.headers });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const status = (code: number, headers: Record<string, string> = {}) => {
  answer = (response) => response.writeHead(code, headers).end("{}");
};
const probe = (deadlineMs = 2_000) => probeProvider(`http://${host}/v1`, { allow: [host], deadlineMs });

describe("a provider that answers", () => {
  test("is asked for /health under its endpoint, once, without a credential", async () => {
    status(200);
    expect(await probe()).toMatchObject({ ok: true, httpStatus: 200 });
    expect(asked).toEqual([
      expect.objectContaining({
        method: "GET",
        url: "/v1/health",
        headers: expect.objectContaining({ "user-agent": "Superstream-Probe/1" }),
      }),
    ]);
    expect(asked[0]?.headers).not.toHaveProperty("authorization");
  });

  test.each([204, 400, 401, 402, 404, 405, 429])("is there when it says %s", async (code) => {
    status(code);
    expect(await probe()).toMatchObject({ ok: true, httpStatus: code });
  });

  test("is measured until the head of its answer: how long the body takes is nothing to it", async () => {
    answer = (response) => {
      setTimeout(() => {
        response.writeHead(200).write("the rest never comes");
      }, 120);
    };
    const result = await probe();
    if (!result?.ok) throw new Error("It answers.");
    expect(result.latencyMs).toBeGreaterThanOrEqual(115);
    expect(result.latencyMs).toBeLessThan(1_000);
  });

  test("is let go of while it sends without end", async () => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      answer = (response) => {
        response.writeHead(200);
        const timer = setInterval(() => {
          sent += 65_536;
          response.write(Buffer.alloc(65_536));
        }, 1);
        response.on("close", () => {
          clearInterval(timer);
          resolve();
        });
      };
    });
    expect(await probe()).toMatchObject({ ok: true });
    await closed;
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });
});

describe("a provider that does not answer", () => {
  test.each([500, 502, 503])("%s is a server error", async (code) => {
    status(code);
    expect(await probe()).toEqual({ ok: false, problem: "server-error", httpStatus: code });
  });

  test("a redirect is refused, and not followed", async () => {
    status(302, { location: `http://${host}/elsewhere` });
    expect(await probe()).toEqual({ ok: false, problem: "refused", httpStatus: null });
    expect(asked).toHaveLength(1);
  });

  test("one that hangs is given up at the deadline", async () => {
    answer = () => undefined;
    const startMs = performance.now();
    expect(await probe(150)).toEqual({ ok: false, problem: "timeout", httpStatus: null });
    expect(performance.now() - startMs).toBeLessThan(1_500);
  });

  test("nobody there is unreachable, and so is one that hangs up", async () => {
    expect(await probeProvider("http://127.0.0.1:1", { allow: ["127.0.0.1:1"] })).toEqual({
      ok: false,
      problem: "unreachable",
      httpStatus: null,
    });
    answer = (response) => response.destroy();
    expect(await probe()).toEqual({ ok: false, problem: "unreachable", httpStatus: null });
  });

  test("an address that the door does not call is refused, and nothing is sent", async () => {
    status(200);
    expect(await probeProvider(`http://${host}`, { allow: [] })).toEqual({
      ok: false,
      problem: "refused",
      httpStatus: null,
    });
    await sleep(20);
    expect(asked).toEqual([]);
  });

  test("told to stop, it ends without a verdict", async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const ended = probeProvider(`http://${host}`, { allow: [host], signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect(await ended).toBeNull();
  });
});
