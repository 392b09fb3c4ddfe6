import type { Operation } from "@/lib/http/define-operation";
import type { Route } from "@/lib/http/handle";

export type Sent = {
  params?: Record<string, string>;
  /** Query text without its question mark, or an object. */
  query?: string | Record<string, string>;
  headers?: HeadersInit;
  /** JSON to send; `raw` sends bytes as they are. */
  json?: unknown;
  raw?: BodyInit;
  /** A session token: becomes `Authorization: Bearer`. */
  token?: string;
};

const ORIGIN = "http://localhost:3000"; // As lib/testing/test-environment.ts says.

/** Calls the route handler of an operation in process, with a real `Request`, as Next would. */
export async function callOperation(operation: Operation, sent: Sent = {}): Promise<Response> {
  const { params = {}, query = "", headers, json, raw, token } = sent;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const search =
    new URLSearchParams(query).toString() &&
    `?${typeof query === "string" ? query : new URLSearchParams(query)}`;
  const all = new Headers(headers);
  if (token) all.set("Authorization", `Bearer ${token}`);
  if (json !== undefined && !all.has("Content-Type")) all.set("Content-Type", "application/json");
  const body = json === undefined ? raw : JSON.stringify(json);
  const init = {
    method: operation.method,
    headers: all,
    ...(body === undefined ? {} : { body, duplex: "half" }),
  };
  const route = await routeOf(operation);
  return route(new Request(`${ORIGIN}${path}${search}`, init), { params: Promise.resolve(params) });
}

/** The handler that Next would find: the folder of a route spells its path, `[name]` for `{name}`. */
async function routeOf(operation: Operation): Promise<Route> {
  const folder = operation.path.replace(/\{(\w+)\}/g, "[$1]");
  const file = new URL(`../../app${folder}/route.ts`, import.meta.url).pathname;
  const module: Record<string, Route> = await import(/* @vite-ignore */ decodeURIComponent(file));
  const route = module[operation.method];
  if (!route) throw new Error(`${file} does not export ${operation.method}.`);
  return route;
}

/** Calls an operation, insists on its success, and on an answer that is what the operation says it is. */
export async function answerOf<Answer = Record<string, unknown>>(
  operation: Operation,
  sent: Sent = {},
): Promise<Answer> {
  const response = await callOperation(operation, sent);
  const body: unknown = await response.json();
  if (response.status !== operation.status)
    throw new Error(`${operation.id} answered ${response.status}: ${JSON.stringify(body)}`);
  operation.output.parse(body);
  return body as Answer; // Just parsed by the operation's own schema.
}
