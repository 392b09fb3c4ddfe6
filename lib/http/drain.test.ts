import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { drainable } from "./drain";

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("drainable", () => {
  test("given a request under way, it is answered before the server ends; new ones are refused", async () => {
    const { url, drain, finish, arrived } = await serve();
    const underWay = fetch(url);
    await arrived;
    const ended = drain(5_000);
    await expect(fetch(url)).rejects.toThrow();
    finish();
    expect(await (await underWay).text()).toBe("done");
    // Its connection is kept alive for five seconds: once it is idle, nobody waits for that.
    const answered = performance.now();
    await ended;
    expect(performance.now() - answered).toBeLessThan(2_000);
  });

  test("given an idle connection that is kept alive, the server does not wait for it", async () => {
    const { url, drain, finish } = await serve();
    finish();
    await (await fetch(url)).text();
    const began = performance.now();
    await drain(5_000);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("given a request that does not end, it is cut at the limit", async () => {
    const { url, drain, arrived } = await serve();
    const underWay = fetch(url);
    const cut = expect(underWay).rejects.toThrow();
    await arrived;
    await drain(100);
    await cut;
  });

  test("given an open web socket, the server does not wait for it", async () => {
    const { url, drain } = await serve();
    server.on("upgrade", (_request, socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    await drain(60_000);
    expect(server.listening).toBe(false);
  });
});

/** A server whose one request ends when `finish` is called. */
async function serve() {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const listener: RequestListener = async (_incoming, outgoing) => {
    arrive();
    await finished;
    outgoing.end("done");
  };
  server = createServer(listener);
  const drain = drainable(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, drain, finish, arrived };
}
