import { z } from "zod";
import { env } from "@/lib/env";
import type { Operation } from "@/lib/http/define-operation";
import type { Route } from "@/lib/http/handle";
import { idempotencyKey } from "@/lib/http/schemas";
import { innerRequest } from "./inner-request";
import { RPC_CODES, RpcError } from "./rpc-error";
import type { Tool } from "./tool";
import { asObject, toolResult } from "./tool-result";

/** The longest value of a header is looked at by who reads it. */
const BEARER = /^Bearer [\x21-\x7e]+$/i;

/**
 * An operation of the API as a tool. Its arguments are the operation's path, query and body in one object; they are handed to the
 * operation's own route, which checks the caller, counts, parses and answers as for anybody who comes by HTTP.
 *
 * @param options.route the handler that is exported for the operation's method
 * @param options.reads false when it changes something; the method says so if absent
 */
export function operationTool(
  operation: Operation,
  options: { name: string; route: Route; description?: string; reads?: boolean },
): Tool {
  const { params, query, body, keyed, method } = operation;
  const keyShape = keyed ? { idempotencyKey: idempotencyKey.optional() } : {};
  const shape = { ...params.shape, ...query.shape, ...body.shape, ...keyShape };
  const readOnlyHint = options.reads ?? method === "GET";
  const account = operation.auth === "account";
  const needs = account ? " Needs Authorization: Bearer on the HTTP request." : "";

  return {
    account,
    listed: {
      name: options.name,
      description: `${options.description ?? operation.summary}.${needs}`,
      inputSchema: inputSchema(z.strictObject(shape)),
      annotations: { readOnlyHint, idempotentHint: readOnlyHint, openWorldHint: false },
    },
    async call({ arguments: given, request }) {
      const unknown = Object.keys(given).filter((name) => !(name in shape));
      if (unknown.length > 0)
        throw new RpcError(RPC_CODES.invalidParams, `${options.name} takes no ${unknown.join(", ")}.`);
      const pathNames = pick(given, params.shape);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(asText(pathNames[name] ?? "")),
      );
      const search = new URLSearchParams(
        Object.entries(pick(given, query.shape)).map(([name, value]) => [name, asText(value)]),
      );
      const authorization = request.headers.get("authorization");
      const inner = innerRequest(request, `${env.ORIGIN}${path}${search.size > 0 ? `?${search}` : ""}`, {
        method,
        headers: {
          Authorization: authorization && BEARER.test(authorization) ? authorization : undefined,
          "Idempotency-Key": keyed && "idempotencyKey" in given ? asText(given.idempotencyKey) : undefined,
        },
        ...(method === "GET" ? {} : { body: pick(given, body.shape) }),
      });
      const named = Object.fromEntries(
        Object.entries(pathNames).map(([name, value]) => [name, asText(value)]),
      );
      const response = await options.route(inner, { params: Promise.resolve(named) });
      return toolResult(asObject(await response.json()), { isError: !response.ok });
    },
  };
}

/** Only what was given: an absent argument is no `undefined` in JSON. */
function pick(given: Record<string, unknown>, shape: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(shape, name)));
}

/** As a path, a query or a header has it. What is no text and no number is refused by the operation's own schema. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** JSON Schema of arguments, in the dialect that MCP takes as its default. */
export function inputSchema(schema: z.ZodObject): Tool["listed"]["inputSchema"] {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
  });
  return described as Tool["listed"]["inputSchema"];
}
