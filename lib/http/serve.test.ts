import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Route } from "./handle";
import { operations } from "./operations";

const API = fileURLToPath(new URL("../../app/api", import.meta.url));
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** Served by their own rules: the paid door, JSON-RPC, and whatever is nothing. */
const APART = ["p/[provider]/[...path]/route.ts", "mcp/route.ts", "a2a/route.ts", "[[...unknown]]/route.ts"];

const files = readdirSync(API, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith("route.ts") && !APART.includes(file),
);

describe("the routes", () => {
  test("given every operation, a route file stands at its path, and no route stands without an operation", () => {
    const paths = files.map(
      (file) => `/api/${file.replace(/\/route\.ts$/, "").replace(/\[(\w+)\]/g, "{$1}")}`,
    );
    expect(paths.sort()).toEqual([...new Set(operations.map(({ path }) => path))].sort());
  });

  test("given ids of operations, each is unique, and so is each method of a path", () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(operations.length);
  });

  test.each(files)(
    "given a method that %s does not serve, it answers 405 with Allow as problem details",
    async (file) => {
      const routes: Record<string, Route> = await import(/* @vite-ignore */ join(API, file));
      const path = `/api/${file.replace(/\/route\.ts$/, "").replace(/\[(\w+)\]/g, "{$1}")}`;
      const served = operations
        .filter((operation) => operation.path === path)
        .map(({ method }) => method as string);
      const others = METHODS.filter((method) => !served.includes(method));
      expect(others.length).toBeGreaterThan(0);
      for (const method of others) {
        const context = { params: Promise.resolve({}) };
        const response = await routes[method]?.(new Request(`http://localhost${path}`, { method }), context);
        expect(response?.status).toBe(405);
        expect(response?.headers.get("Content-Type")).toBe("application/problem+json");
        for (const own of served) expect(response?.headers.get("Allow")).toContain(own);
      }
    },
  );
});
