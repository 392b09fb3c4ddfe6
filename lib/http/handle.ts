import "server-only";
import type { z } from "zod";
import { requireAccount } from "@/lib/auth/require-account";
import { databaseConfigured, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { clientIp } from "./client-ip";
import type { Operation } from "./define-operation";
import { measured } from "./measure";
import { parseInput } from "./parse-input";
import { limitRate, refuseFullCount } from "./rate-limit";
import { readHeaders } from "./read-headers";
import { readJson } from "./read-json";
import { readQuery } from "./read-query";
import { requireSecret } from "./require-secret";
import { respond } from "./respond";
import { type BeforeWire, toWire } from "./to-wire";

export type RouteContext = { params: Promise<unknown> };
export type Route = (request: Request, context: RouteContext) => Promise<Response>;

export type Call<Path extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodObject> = {
  request: Request;
  params: z.output<Path>;
  query: z.output<Query>;
  body: z.output<Body>;
  /** The signed-in address in lower case; empty when the operation asks for none. */
  actor: string;
  /** Set by the caller's `Idempotency-Key`; to be spread into the use case's input. */
  once: { idempotencyKey?: string };
};

/**
 * A route handler for one operation: configuration, caller, rate, path, query, headers, body, then one use case.
 * The use case answers what `output` says, before `toWire`, or a `Response` of its own.
 */
export function handle<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Output extends z.ZodType,
>(
  operation: Operation<Path, Query, Body, Output>,
  run: (call: Call<Path, Query, Body>) => Promise<BeforeWire<z.output<Output>> | Response>,
): { operation: Operation; route: Route } {
  const answer: Route = (request, context) =>
    respond(request, async () => {
      if (operation.database) requireDatabase();
      const actor = await admit(operation, request);
      const call = {
        request,
        actor,
        params: readParams(operation, await context.params),
        query: parseInput("query", operation.query, readQuery(request)),
        once: readHeaders(request, operation.keyed),
        body: await readBody(operation, request),
      };
      const result = await run(call);
      if (result instanceof Response) return result;
      const headers = { "Cache-Control": "no-store" };
      return Response.json(toWire(result), { status: operation.status, headers });
    });
  const route: Route = (request, context) =>
    measured(operation.path, operation.method, () => answer(request, context));
  return { operation: operation as unknown as Operation, route };
}

function requireDatabase(): void {
  if (databaseConfigured()) return;
  throw new ProblemError(
    "not-configured",
    "No database is configured. Set DATABASE_URL to a PostgreSQL 15 or newer.",
    {
      extensions: { set: ["DATABASE_URL"] },
    },
  );
}

/**
 * Counts the call and says who calls. Wrong credentials are counted by address, and an address that sent too many is
 * refused before another one is looked up.
 */
async function admit(operation: Pick<Operation, "auth" | "rate">, request: Request): Promise<string> {
  const address = `ip:${clientIp(request)}`;
  if (operation.auth === "account") {
    await refuseFullCount(operation.rate, address);
    const account = await requireAccount(request).catch(async (refusal: unknown) => {
      await limitRate(operation.rate, address);
      throw refusal;
    });
    await limitRate(operation.rate, `account:${account.address}`);
    return account.address;
  }
  await limitRate(operation.rate, address);
  if (operation.auth === "admin") requireSecret(request, env.ADMIN_TOKEN);
  if (operation.auth === "cron") requireSecret(request, env.CRON_SECRET);
  return "";
}

/** A path that cannot name a thing gets the answer of a thing that is not there. */
function readParams<Path extends z.ZodObject>(
  operation: Pick<Operation, "notFound"> & { params: Path },
  params: unknown,
): z.output<Path> {
  const parsed = operation.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  throw new ProblemError(operation.notFound, "There is nothing at this address.");
}

async function readBody<Body extends z.ZodObject>(
  operation: Pick<Operation, "method"> & { body: Body },
  request: Request,
): Promise<z.output<Body>> {
  if (operation.method === "GET") return parseInput("body", operation.body, {});
  return readJson(request, operation.body, { optional: operation.body.safeParse({}).success });
}
