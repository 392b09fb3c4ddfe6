// The least an HTTP route can cost: a baseline of `npm run bench`.
import { createServer } from "node:http";

const body = JSON.stringify({ ok: true });
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, headers).end(body));
}).listen(Number(process.env.PORT), "127.0.0.1", () => process.send?.({ type: "listening" }));
