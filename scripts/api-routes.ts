import { readdirSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Route } from "@/lib/http/handle";

const APP = fileURLToPath(new URL("../app", import.meta.url));

type Found = { pattern: string[]; load: () => Promise<Record<string, Route | undefined>> };

/**
 * The routes of the API without Next: the same handlers, found where Next finds them (`app/api/…/route.ts`, `[name]` for one
 * part of the path, `[...name]` for the rest), each loaded when it is first asked for.
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
    return new Response("Not found", { status: 404 });
  };
}

/** The most exact first: a written part before `[name]` before `[...name]`. */
function findRoutes(): Found[] {
  return readdirSync(join(APP, "api"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("route.ts"))
    .map((file) => {
      const url = pathToFileURL(join(APP, "api", file)).href;
      return { pattern: ["api", ...dirname(file).split(sep)], load: () => import(url) };
    })
    .sort((left, right) => (rank(left.pattern) < rank(right.pattern) ? -1 : 1));
}

function rank(pattern: string[]): string {
  return pattern.map((part) => (part.startsWith("[...") ? "2" : part.startsWith("[") ? "1" : "0")).join("");
}

function match(pattern: string[], path: string[]): Record<string, string | string[]> | null {
  const params: Record<string, string | string[]> = {};
  for (const [at, part] of pattern.entries()) {
    const [, rest, name = ""] = /^\[(\.\.\.)?(\w+)\]$/.exec(part) ?? [];
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
