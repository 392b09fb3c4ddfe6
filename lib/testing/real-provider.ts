import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { providerListing } from "./provider-listing";
import type { RealPayer } from "./real-payer";

const PATHS = ["count", "broken", "cut", "slow", "events"] as const;

export type RealProvider = Awaited<ReturnType<typeof realProvider>>;

/**
 * A provider that listens on this machine: `/count` answers, `/broken` fails with its status, `/cut` drops the connection, `/slow`
 * and `/events` wait until they are let go.
 */
export async function realProvider() {
  const held: (() => void)[] = [];
  const arrived: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    arrived.push(path);
    request.resume().on("end", () => answer(path, response));
  });

  function answer(path: string, response: ServerResponse): void {
    const json = { "content-type": "application/json" };
    if (path === "/broken") response.writeHead(500, json).end('{"error":"broken"}');
    else if (path === "/cut") response.destroy();
    else if (path === "/slow") held.push(() => response.writeHead(200, json).end('{"letters":4}'));
    else if (path === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
      held.push(() => response.end("data: last\n\n"));
    } else response.writeHead(200, json).end('{"letters":3}');
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** To be allowed in UPSTREAM_ALLOW. */
    address,
    /** Paths that were asked for, in their order. */
    arrived,
    /** Lets go of all that waits. */
    release: () => {
      for (const letGo of held.splice(0)) letGo();
    },
    waiting: () => held.length,
    /** Lists it, owned by whoever posts. `change` over the listing. */
    list: (owner: RealPayer, id: string, change: Record<string, unknown> = {}) =>
      owner.post("/api/v1/providers", {
        ...providerListing(id, { endpoint: `http://${address}` }),
        services: PATHS.map((path) => ({
          slug: path,
          name: path,
          description: "",
          category: "data_analytics",
          capability: "letter-count",
          method: "POST",
          path: `/${path}`,
          inputSchema: { type: "object" },
          pricingModel: "per_second",
        })),
        ...change,
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
