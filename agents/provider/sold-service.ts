import { z } from "zod";
import { Refusal } from "./refusal";
import type { ServiceKind } from "./service-kinds";

/** One request to the inference server, made from a caller's. */
export type Work = {
  /** Behind `INFERENCE_URL`. */
  path: string;
  contentType: string;
  body: Uint8Array<ArrayBuffer>;
  /** The caller asked for server-sent events. */
  events: boolean;
};

/** What a service is called with: bytes and `Content-Type` as they came, and the one model that it runs. */
export type Asked = {
  body: Uint8Array<ArrayBuffer>;
  contentType: string;
  model: string;
  upstreamModel: string;
};

export type SoldService = {
  slug: string;
  name: string;
  description: string;
  path: string;
  kinds: readonly ServiceKind[];
  category: "ai_ml" | "media_processing" | "development_tools";
  inputSchema: Record<string, unknown>;
  outputSchema: Record<string, unknown> | null;
  example?: Record<string, unknown>;
  /** Bytes of a body. */
  bodyMax: number;
  /** @throws Refusal for input that is not taken; nothing was asked of anybody yet */
  read: (asked: Asked) => Work | Promise<Work>;
  /** Turns a whole answer of the inference server into the service's own. Absent: it is passed on. */
  answer?: (upstream: unknown, model: string) => unknown;
};

/** What may be sent as JSON: prompts, with pictures in them. Behind the door, its own limit of 256 KiB is lower. */
export const JSON_BODY_MAX = 4 * 1024 * 1024;

/** The JSON Schema of a service's input, for its listing. */
export function listedSchema(input: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;
}

/**
 * The body, checked: unknown members are refused, because they may be switches of the inference server that change model or cost.
 *
 * @throws Refusal `unsupported-media-type`, `malformed-json`, `model-not-served` or `invalid-input`
 */
export function readJson<T extends { model?: string | undefined }>(input: z.ZodType<T>, asked: Asked): T {
  if (asked.contentType.split(";")[0]?.trim().toLowerCase() !== "application/json")
    throw new Refusal("unsupported-media-type", "Send application/json.");
  return checked(input, parseJson(asked.body), asked.model);
}

/** @throws Refusal `model-not-served` or `invalid-input` */
export function checked<T extends { model?: string | undefined }>(
  input: z.ZodType<T>,
  value: unknown,
  model: string,
): T {
  const parsed = input.safeParse(value);
  if (!parsed.success) throw invalid(parsed.error.issues);
  const wanted = parsed.data.model;
  if (wanted !== undefined && wanted !== model)
    throw new Refusal("model-not-served", `The model priced and served here is ${model}.`, {
      members: { model },
    });
  return parsed.data;
}

/** One JSON request to the inference server. */
export function jsonWork(path: string, body: object, events = false): Work {
  return { path, contentType: "application/json", body: bytesOf(JSON.stringify(body)), events };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The parser's message quotes the body, which is its writer's business.
    throw new Refusal("malformed-json", "The body does not parse as one JSON value in UTF-8.");
  }
}

function invalid(issues: readonly z.core.$ZodIssue[]): Refusal {
  const errors = issues.slice(0, 20).map(({ path, message }) => ({
    pointer: ["", ...path.map(String)].join("/").replace(/^$/, "/"),
    message,
  }));
  const [first] = errors;
  return new Refusal("invalid-input", `${first?.pointer ?? "/"}: ${first?.message ?? "not valid"}`, {
    members: { errors },
  });
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
