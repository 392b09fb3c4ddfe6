// Next alone, as on Vercel: every request goes to its routes, also those of the paid door.
import { createServer } from "node:http";
import next from "next";
import { env } from "@/lib/env";
import { admitRequest } from "@/lib/http/admit-request";
import { putDoorInProcess } from "./put-door-in-process";

putDoorInProcess();
const app = next({ dev: false, hostname: env.HOST, port: env.PORT });
await app.prepare();
const handle = app.getRequestHandler();
createServer((request, response) => {
  admitRequest(request); // Notes the peer's address, as a platform's proxy would.
  void handle(request, response);
}).listen(env.PORT, env.HOST, () => process.send?.({ type: "listening" }));

process.once("SIGTERM", () => process.exit(0)); // Orderly, so that a profile is written.
