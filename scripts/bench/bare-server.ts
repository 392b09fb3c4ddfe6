// The least an HTTP route can cost: the baseline of `npm run bench`, and its upstream.
import { createServer } from "node:http";

const body = JSON.stringify({ ok: true });
createServer((request, response) => {
  request.resume().on("end", () => {
    response
      .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
      .end(body);
  });
}).listen(Number(process.argv[2]), "127.0.0.1");
