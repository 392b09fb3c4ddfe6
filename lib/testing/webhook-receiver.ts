import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type Received = {
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

/** Nobody listens on it. */
const NOBODY = "127.0.0.1:1";

/**
 * A receiver of webhooks on this machine, which the environment allows, as it does a port where nobody listens. Start it in
 * `vi.hoisted`, before anything reads the environment. It ends with its test file's process.
 */
export async function webhookReceiver() {
  const received: Received[] = [];
  /** What it answers, by path. A number of ms below 0: 204 so late. */
  const answers = new Map<string, number[]>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = request.url ?? "";
    received.push({ url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    const next = answers.get(url)?.shift() ?? 204;
    if (next < 0) await sleep(-next);
    response
      .writeHead(next < 0 ? 204 : next, next === 302 ? { Location: "http://169.254.169.254/" } : {})
      .end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const allowed = [address, NOBODY];
  process.env.UPSTREAM_ALLOW = allowed.join(",");
  return {
    /** Hosts and ports that the environment allows. */
    allowed,
    at: (path: string) => `http://${address}${path}`,
    nobodyAt: (path: string) => `http://${NOBODY}${path}`,
    /** Statuses that a path answers, one a message; a number of ms below 0: 204, so late. 204 at once when there are no more. */
    answer: (path: string, statuses: number[]) => void answers.set(path, statuses),
    /** What came since it last forgot, in its order. */
    received,
    /** Hangs up on whoever waits, and begins anew. */
    forget() {
      server.closeAllConnections();
      received.length = 0;
      answers.clear();
    },
  };
}
