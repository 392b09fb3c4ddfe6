import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** The nth request (from 1) of this method is not answered: held before the node hears of it, or after the node has done it. */
export type Hold = { method: string; nth: number; when: "before" | "after" };

/**
 * Passes JSON-RPC on to a node, counts what is asked, and stops at one request: where a program then hangs, a test can
 * end it in the middle of that very step.
 */
export async function gatedNode(node: string, hold: Hold | null = null) {
  const methods: string[] = [];
  let reached = () => {};
  const held = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method } = JSON.parse(body) as { method: string };
    methods.push(method);
    const nth = methods.filter((one) => one === method).length;
    const stops = hold?.method === method && hold.nth === nth;
    if (stops && hold.when === "before") return reached();
    const answer = await fetch(node, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const said = await answer.text();
    if (stops) return reached();
    response.setHeader("content-type", "application/json").end(said);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    methods,
    held,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
