import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { ServiceEvent } from "../shared/provider";
import { writeEventStream } from "./write-event-stream";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Events without end, each with `bytes` of text; it counts them, and tells when somebody ended it. */
function endless(bytes: number) {
  const state = { yielded: 0, ended: false };
  async function* events(): AsyncGenerator<ServiceEvent> {
    try {
      for (;;) {
        state.yielded += 1;
        yield { event: "progress", data: { text: "x".repeat(bytes) } };
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      state.ended = true;
    }
  }
  return { state, events };
}

async function open(events: () => AsyncGenerator<ServiceEvent>) {
  const server = createServer((_request, response) => void writeEventStream(response, events()));
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const asked = request({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  asked.on("error", () => undefined); // Leaving is what the test is about.
  asked.end();
  const [response] = await once(asked, "response");
  return { asked, response };
}

test("given a reader who leaves, it ends the computation", async () => {
  const { state, events } = endless(10);
  const { asked } = await open(events);
  asked.destroy();
  await vi.waitFor(() => expect(state.ended).toBe(true), { timeout: 5_000 });
});

test("given a reader who does not read, it waits instead of filling memory, and ends when the reader leaves", async () => {
  const { state, events } = endless(100_000);
  const { asked, response } = await open(events);
  response.pause();
  let before = -1;
  await vi.waitFor(
    async () => {
      before = state.yielded;
      await sleep(100);
      expect(state.yielded).toBe(before); // It came to rest.
    },
    { timeout: 8_000 },
  );
  expect(before).toBeLessThan(500); // 50 MB would be far beyond what sockets buffer.
  asked.destroy();
  await vi.waitFor(() => expect(state.ended).toBe(true), { timeout: 5_000 });
}, 20_000);
