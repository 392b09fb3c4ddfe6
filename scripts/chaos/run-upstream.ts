// The provider of `npm run chaos`: answers every paid call, notes which calls it served, and has bad days on command.
//   run-upstream.ts <port> <seed>
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRandom } from "./random";

const [port, seed] = process.argv.slice(2).map(Number) as [number, number];
const random = createRandom(seed).fork("upstream");
/** Times that a whole answer was sent, by the request id that the door gave. */
const served = new Map<string, number>();
let trouble = { failShare: 0, hangShare: 0, hangMs: 0 };

createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
}).listen(port, "127.0.0.1");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(request);
  if (request.url === "/chaos/trouble") {
    trouble = JSON.parse(body);
    return send(response, 200, trouble);
  }
  if (request.url === "/chaos/served") return send(response, 200, Object.fromEntries(served));

  const id = String(request.headers["stream-request"] ?? "");
  const luck = random.next();
  if (luck < trouble.failShare) {
    if (luck < trouble.failShare / 2) return void response.destroy();
    return send(response, 500, { error: "a bad day" });
  }
  const hangs = luck < trouble.failShare + trouble.hangShare;
  setTimeout(
    () => {
      if (response.destroyed) return;
      served.set(id, (served.get(id) ?? 0) + 1);
      send(response, 200, { id, asked: body, stream: request.headers["stream-id"] });
    },
    hangs ? trouble.hangMs : random.int(0, 8),
  );
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}
