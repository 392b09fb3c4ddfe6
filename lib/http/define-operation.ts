import { z } from "zod";
import type { ProblemCode } from "@/lib/errors";
import type { RateClass } from "./rate-limit";

const nothing = z.strictObject({});
type Nothing = typeof nothing;

/**
 * One operation of the API. The route handler, the OpenAPI document and the bad-input generator all read it.
 *
 * - `auth`: nobody, the signed-in account, or an operator's secret
 * - `notFound`: the answer to a path that cannot name a thing; the same as for a thing that is not there
 * - `keyed`: takes an `Idempotency-Key`
 * - `output`: the JSON as it is on the wire; with another `media`, its text
 * - `database`: false when the answer needs none
 */
export type Operation<
  Path extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> = {
  id: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: `/${string}`;
  tag:
    | "auth"
    | "market"
    | "registry"
    | "streams"
    | "chain"
    | "alerts"
    | "wallet"
    | "requests"
    | "payments"
    | "simulations"
    | "operations";
  summary: string;
  auth: "none" | "account" | "admin" | "cron";
  rate: RateClass;
  params: Path;
  notFound: ProblemCode;
  query: Query;
  body: Body;
  output: Output;
  media: "application/json" | "text/csv";
  status: 200 | 201;
  keyed: boolean;
  database: boolean;
  problems: readonly ProblemCode[];
};

type Definition<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Output extends z.ZodType,
> = Pick<Operation, "id" | "method" | "path" | "tag" | "summary" | "auth"> &
  Partial<Pick<Operation, "rate" | "notFound" | "status" | "media" | "keyed" | "database" | "problems">> & {
    params?: Path;
    query?: Query;
    body?: Body;
    output: Output;
  };

/** Fills in what most operations leave out: no parameters, no fields, 200. */
export function defineOperation<
  Output extends z.ZodType,
  Path extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodObject = Nothing,
>(definition: Definition<Path, Query, Body, Output>): Operation<Path, Query, Body, Output> {
  return {
    rate: definition.method === "GET" ? "read" : "write",
    notFound: "not-found",
    status: 200,
    media: "application/json",
    keyed: false,
    database: true,
    problems: [],
    ...definition,
    // The default type of each parameter is `Nothing`, so an absent schema is `nothing` by inference.
    params: definition.params ?? (nothing as unknown as Path),
    query: definition.query ?? (nothing as unknown as Query),
    body: definition.body ?? (nothing as unknown as Body),
  };
}
