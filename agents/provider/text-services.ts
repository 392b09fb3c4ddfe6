/** Text and code: chat, plain prompts, and completions with an end to meet, as OpenAI's API has them. */
import { z } from "zod";
import { JSON_BODY_MAX, jsonWork, listedSchema, readJson, type SoldService } from "./sold-service";

const model = z.string().min(1).max(200).optional();
const prompt = z.string().min(1).max(1_000_000);
const penalty = z.number().min(-2).max(2).nullable().optional();

/** What shapes an answer without making it dearer. `n` is 1: several answers for one price are not sold. */
const sampling = {
  temperature: z.number().min(0).max(2).nullable().optional(),
  top_p: z.number().min(0).max(1).nullable().optional(),
  n: z.literal(1).nullable().optional(),
  max_tokens: z.int().min(1).max(1_000_000).nullable().optional(),
  stop: z
    .union([z.string().max(1_000), z.array(z.string().max(1_000)).max(4)])
    .nullable()
    .optional(),
  seed: z.int().nullable().optional(),
  presence_penalty: penalty,
  frequency_penalty: penalty,
  stream: z.boolean().nullable().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullable().optional(),
  user: z.string().max(256).optional(),
};

const part = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string() }),
  z.strictObject({
    type: z.literal("image_url"),
    // An address would make the inference server dial what a stranger names.
    image_url: z.strictObject({
      url: z
        .string()
        .regex(/^data:image\/(png|jpeg|webp|gif);base64,/, "Give the picture itself, as a data: URL."),
      detail: z.enum(["auto", "low", "high"]).optional(),
    }),
  }),
]);

const message = z.strictObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: z
    .union([z.string(), z.array(part).max(100)])
    .nullable()
    .optional(),
  name: z.string().max(64).optional(),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), type: z.literal("function") }))
    .max(128)
    .optional(),
  tool_call_id: z.string().max(256).optional(),
});

const chatInput = z.strictObject({
  model,
  messages: z.array(message).min(1).max(1_000),
  ...sampling,
  max_completion_tokens: z.int().min(1).max(1_000_000).nullable().optional(),
  response_format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }).optional(),
  tools: z
    .array(z.looseObject({ type: z.literal("function") }))
    .max(128)
    .optional(),
  tool_choice: z.union([z.string().max(64), z.looseObject({ type: z.string() })]).optional(),
  parallel_tool_calls: z.boolean().optional(),
  logprobs: z.boolean().nullable().optional(),
  top_logprobs: z.int().min(0).max(20).nullable().optional(),
});

const completionInput = z.strictObject({
  model,
  prompt,
  suffix: z.string().max(1_000_000).nullable().optional(),
  ...sampling,
  echo: z.boolean().nullable().optional(),
});

const promptInput = z.strictObject({ prompt, model });

const choicesOutput = (choice: Record<string, unknown>) => ({
  type: "object",
  properties: {
    id: { type: "string" },
    model: { type: "string" },
    choices: { type: "array", items: { type: "object", properties: choice } },
    usage: { type: "object" },
  },
  required: ["choices"],
});
const chatOutput = choicesOutput({
  message: {
    type: "object",
    properties: { role: { type: "string" }, content: { type: ["string", "null"] } },
  },
  finish_reason: { type: ["string", "null"] },
});
/** What of a chat's answer `/inference` repeats. */
const chatAnswer = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().nullable() }) })).min(1),
  usage: z.looseObject({}).nullish(),
});

const HELLO = "Say hello in one word.";
const shared = { bodyMax: JSON_BODY_MAX, category: "ai_ml" as const };

export const chatService: SoldService = {
  ...shared,
  slug: "chat",
  name: "Chat completions",
  description: "OpenAI-compatible chat completions; `stream: true` answers with server-sent events.",
  path: "/v1/chat/completions",
  kinds: ["text", "code"],
  inputSchema: listedSchema(chatInput),
  outputSchema: chatOutput,
  example: { messages: [{ role: "user", content: HELLO }] },
  read: (asked) => {
    const input = readJson(chatInput, asked);
    return jsonWork("/chat/completions", { ...input, model: asked.upstreamModel }, input.stream === true);
  },
};

export const promptService: SoldService = {
  ...shared,
  slug: "inference",
  name: "One prompt",
  description: "A prompt in, an answer out: the smallest way to ask the model.",
  path: "/inference",
  kinds: ["text", "code"],
  inputSchema: listedSchema(promptInput),
  outputSchema: {
    type: "object",
    properties: {
      model: { type: "string" },
      output: { type: "string" },
      usage: { type: ["object", "null"] },
    },
    required: ["model", "output"],
  },
  example: { prompt: HELLO },
  read: (asked) => {
    const { prompt } = readJson(promptInput, asked);
    const messages = [{ role: "user", content: prompt }];
    return jsonWork("/chat/completions", { model: asked.upstreamModel, messages });
  },
  answer: (upstream, model) => {
    const { choices, usage } = chatAnswer.parse(upstream);
    return { model, output: choices[0]?.message.content ?? "", usage: usage ?? null };
  },
};

export const completionService: SoldService = {
  ...shared,
  slug: "completions",
  name: "Completions",
  description:
    "OpenAI-compatible completions of code: what comes after `prompt`, and before `suffix` if one is given.",
  path: "/v1/completions",
  kinds: ["code"],
  category: "development_tools",
  inputSchema: listedSchema(completionInput),
  outputSchema: choicesOutput({ text: { type: "string" }, finish_reason: { type: ["string", "null"] } }),
  example: { prompt: "def add(a, b):\n    return ", max_tokens: 16 },
  read: (asked) => {
    const input = readJson(completionInput, asked);
    return jsonWork("/completions", { ...input, model: asked.upstreamModel }, input.stream === true);
  },
};
