import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { InvalidInput } from "../shared/invalid-input";
import type { Provider, Service } from "../shared/provider";
import { HttpProblem } from "./http-problem";
import { inputValidator } from "./input-validator";
import { readJsonBody } from "./read-json-body";
import { writeEventStream } from "./write-event-stream";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
type Routes = ReadonlyMap<string, ReadonlyMap<string, Handler>>;

/** An HTTP server for one provider: its services, `/schema/{slug}`, `/manifest.json` and `/health`. Not yet listening. */
export function createProviderServer(provider: Provider): Server {
  const routes = routesOf(provider);
  const server = createServer((request, response) => {
    handle(routes, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  server.timeout = 60_000; // A reader of events who takes nothing for a minute is gone.
  return server;
}

async function handle(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split("?")[0] ?? "/";
  const methods = routes.get(path);
  if (!methods)
    throw new HttpProblem("not-found", "This path serves nothing; /manifest.json lists what does.");

  const handler = methods.get(request.method ?? "");
  if (!handler) {
    const allow = [...methods.keys()].join(", ");
    throw new HttpProblem("method-not-allowed", `This path takes ${allow}.`, { headers: { allow } });
  }
  await handler(request, response);
}

function routesOf({ listing, services }: Provider): Routes {
  const startedMs = performance.now();
  const health = () => ({
    status: "ok",
    service: listing.name,
    version: listing.version,
    uptimeSeconds: Math.floor((performance.now() - startedMs) / 1000),
  });

  return new Map<string, ReadonlyMap<string, Handler>>([
    ["/health", reading(health)],
    ["/manifest.json", reading(() => listing)],
    ...services.map(
      (service) => [`/schema/${service.listing.slug}`, reading(() => schemaOf(service))] as const,
    ),
    ...services.map((service) => [service.listing.path, new Map([["POST", serving(service)]])] as const),
  ]);
}

/** GET and HEAD; Node leaves the body of a HEAD answer out. */
function reading(body: () => object): ReadonlyMap<string, Handler> {
  const handler: Handler = (_request, response) => send(response, 200, "application/json", body());
  return new Map([
    ["GET", handler],
    ["HEAD", handler],
  ]);
}

function serving({ listing, run }: Service): Handler {
  const validate = inputValidator(listing.inputSchema);
  return async (request, response) => {
    const input = await readJsonBody(request);
    validate(input);
    if (run.kind === "stream") return writeEventStream(response, run.stream(input));
    send(response, 200, "application/json", run.answer(input));
  };
}

function schemaOf({ listing }: Service): object {
  const { slug, inputSchema, outputSchema, example } = listing;
  return { slug, inputSchema, outputSchema, example };
}

function refuse(response: ServerResponse, error: unknown): void {
  const problem = toProblem(error);
  // Only the error's own text: a stack or a message of ours never holds the caller's body.
  if (problem.code === "internal") console.error("A demo provider failed:", error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  send(response, problem.status, "application/problem+json", problem, problem.extras.headers);
}

function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (!(error instanceof InvalidInput)) return new HttpProblem("internal", "The request was not served.");
  const count = error.errors.length;
  const detail = count === 1 ? "One value is not valid." : `${count} values are not valid.`;
  return new HttpProblem("invalid-input", detail, { errors: error.errors });
}

function send(
  response: ServerResponse,
  status: number,
  mediaType: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": `${mediaType}; charset=utf-8`,
    "content-length": bytes.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(bytes);
}
