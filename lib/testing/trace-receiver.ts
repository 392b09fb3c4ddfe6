import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A collector that keeps what it is sent: OTLP over HTTP, protobuf. Texts stand in protobuf as they are. */
export async function traceReceiver() {
  const bodies: Buffer[] = [];
  const paths: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    paths.push(`${request.method} ${request.url} ${request.headers["content-type"]}`);
    bodies.push(Buffer.concat(chunks));
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    /** All that came, as text. */
    text: () => Buffer.concat(bodies).toString("latin1"),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
