import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

type Json = Record<string, unknown>;

/** An answer of ours as a tool's result: the object for programs, its text for models. A refusal is an error of the tool. */
export function toolResult(body: Json, options: { isError?: boolean; meta?: Json } = {}): CallToolResult {
  const { isError = false, meta } = options;
  return {
    content: [{ type: "text", text: JSON.stringify(body) }],
    structuredContent: body,
    ...(isError ? { isError } : {}),
    ...(meta && Object.keys(meta).length > 0 ? { _meta: meta } : {}),
  };
}

/** A JSON object as it is; anything else under `value`, because structured content is an object. */
export function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : { value };
}
