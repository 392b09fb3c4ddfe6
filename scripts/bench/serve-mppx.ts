// Stock mppx with a credential for each call, on the HTTP server and adapter that our own door uses.
import { createServer } from "node:http";
import { nodeListener } from "@/lib/http/node-adapter";
import { type ChargeKind, chargeHandler } from "./mppx-charges";

const handler = chargeHandler(process.argv[2] as ChargeKind);
const listener = nodeListener(handler, { origin: "http://127.0.0.1", onError: console.error });
createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(
  Number(process.env.PORT),
  "127.0.0.1",
  () => process.send?.({ type: "listening" }),
);
