import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { CORS, PREFLIGHT } from "./cors";
import { Refusal } from "./refusal";
import { RefusedPaid, type ServeTools, serveCall } from "./serve-call";
import { soldServices } from "./sold-services";

export type ProviderTools = ServeTools & { providerId: string; draining: () => boolean };

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What one provider answers over HTTP: what it sells, `/v1/models` and `/health`. */
export function createProvider(tools: ProviderTools): RequestListener {
  const routes = routesOf(tools);
  return (request, response) => {
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method === "OPTIONS") {
      response.writeHead(204, PREFLIGHT).end();
      return;
    }
    handle(routes, request, response).catch((error: unknown) => refuse(response, error, tools));
  };
}

type Routes = ReadonlyMap<string, { method: string; handler: Handler }>;

async function handle(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routes.get(request.url?.split("?", 1)[0] ?? "/");
  if (!route) throw new Refusal("not-found", `Served here: ${[...routes.keys()].join(", ")}.`);
  const { method = "" } = request;
  const fits = method === route.method || (method === "HEAD" && route.method === "GET");
  if (!fits) {
    const headers = { allow: route.method };
    throw new Refusal("method-not-allowed", `This path takes ${route.method}.`, { headers });
  }
  await route.handler(request, response);
}

function routesOf(tools: ProviderTools): Routes {
  const { config, providerId, inference, draining } = tools;

  const health: Handler = async (_request, response) => {
    const reachable = await inference.reachable();
    const status = draining() ? "draining" : reachable ? "ok" : "model-unreachable";
    const about = { model: config.model, provider: config.account.address };
    sendJson(response, status === "ok" ? 200 : 503, { status, ...about, providerId });
  };
  const models: Handler = async (_request, response) => {
    const only = { id: config.model, object: "model", created: 0, owned_by: config.account.address };
    sendJson(response, 200, { object: "list", data: [only] });
  };

  return new Map([
    ["/health", { method: "GET", handler: health }],
    ["/v1/models", { method: "GET", handler: models }],
    ...soldServices(config.kinds).map((service): [string, { method: string; handler: Handler }] => {
      const handler: Handler = async (request, response) => {
        if (draining())
          throw new Refusal("draining", "Ask again in a moment.", { headers: { "retry-after": "5" } });
        await serveCall(request, response, service, tools);
      };
      return [service.path, { method: "POST", handler }];
    }),
  ]);
}

/** Problem details before the first byte of an answer; after it, a connection that breaks. */
function refuse(response: ServerResponse, thrown: unknown, tools: ProviderTools): void {
  const [error, headers] = thrown instanceof RefusedPaid ? [thrown.refusal, thrown.headers] : [thrown, {}];
  const gone = response.destroyed && !(error instanceof Refusal && error.code === "internal");
  const refusal = error instanceof Refusal ? error : new Refusal("internal", "The call was not served.");
  // Who left has broken nothing of ours.
  if (refusal.status >= 500 && !gone)
    tools.report(refusal.message, error instanceof Refusal ? error.cause : error);
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy();
    return;
  }
  sendJson(response, refusal.status, refusal, {
    "content-type": "application/problem+json",
    ...headers,
    ...refusal.headers,
  });
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    "cache-control": "no-store",
    ...headers,
  });
  response.end(bytes);
}
