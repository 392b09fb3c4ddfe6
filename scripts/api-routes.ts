import { readdirSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ProblemError, toProblem } from "@/lib/errors";
import type { Route } from "@/lib/http/handle";
import { measured, methodLabel } from "@/lib/http/measure";
import { problemResponse } from "@/lib/http/problem-response";

const APP = fileURLToPath(new URL("../app", import.meta.url));

type Found = { pattern: string[]; load: () => Promise<Record<string, Route | undefined>> };

/**
 * Every route of the site that is no page, without Next: the same handlers, found where Next finds them (`app/…/route.ts`,
 * `[name]` for one part of the path, `[...name]` and `[[...name]]` for the rest), each loaded when it is first asked for.
 */
export function apiRoutes(): (request: Request) => Promise<Response> {
  const routes = findRoutes();

  return async (request) => {
    const path = new URL(request.url).pathname.split("/").slice(1).map(decodeSafely);
    for (const { pattern, load } of routes) {
      const params = match(pattern, path);
      if (!params) continue;
      const handlers = await load();
      const handler = handlers[request.method === "HEAD" ? "GET" : request.method];
      if (handler) return handler(request, { params: Promise.resolve(params) });
    }
    return measured("/{unknown}", methodLabel(request.method), async () =>
      problemResponse(toProblem(new ProblemError("not-found", "A gateway has no pages: ask the site."))),
    );
  };
}

/** The most exact first: a written part before `[name]` before `[...name]`. */
function findRoutes(): Found[] {
  return readdirSync(APP, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("route.ts"))
    .map((file) => {
      const url = pathToFileURL(join(APP, file)).href;
      return { pattern: dirname(file).split(sep), load: () => import(url) };
    })
    .sort((left, right) => (rank(left.pattern) < rank(right.pattern) ? -1 : 1));
}

function rank(pattern: string[]): string {
  return pattern.map((part) => (part.includes("...") ? "2" : part.startsWith("[") ? "1" : "0")).join("");
}

function match(pattern: string[], path: string[]): Record<string, string | string[]> | null {
  const params: Record<string, string | string[]> = {};
  for (const [at, part] of pattern.entries()) {
    const [, rest, name = ""] = /^\[?\[(\.\.\.)?(\w+)\]\]?$/.exec(part) ?? [];
    if (rest) return path.length > at ? { ...params, [name]: path.slice(at) } : null;
    const given = path[at];
    if (given === undefined || given === "" || (!name && given !== part)) return null;
    if (name) params[name] = given;
  }
  return pattern.length === path.length ? params : null;
}

function decodeSafely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
