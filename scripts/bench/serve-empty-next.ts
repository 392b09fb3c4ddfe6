// Next with one empty route (empty-next), served as our own Next is: the baseline of paid calls.
import { createServer } from "node:http";
import next from "next";
import { EMPTY_NEXT } from "./build-empty-next";

const port = Number(process.env.PORT);
const app = next({ dev: false, dir: EMPTY_NEXT, hostname: "127.0.0.1", port });
await app.prepare();
const handle = app.getRequestHandler();
createServer((request, response) => void handle(request, response)).listen(port, "127.0.0.1", () =>
  process.send?.({ type: "listening" }),
);
