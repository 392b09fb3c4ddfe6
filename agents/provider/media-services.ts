/** Pictures and sound, as OpenAI's API has them. */
import { z } from "zod";
import { Refusal } from "./refusal";
import {
  checked,
  JSON_BODY_MAX,
  jsonWork,
  listedSchema,
  readJson,
  type SoldService,
  type Work,
} from "./sold-service";

/** As OpenAI's own. Behind the door, its limit of 256 KiB is lower. */
const SOUND_BODY_MAX = 25 * 1024 * 1024;

const model = z.string().min(1).max(200).optional();
const imageInput = z.strictObject({
  model,
  prompt: z.string().min(1).max(32_000),
  n: z.literal(1).optional(),
  size: z
    .string()
    .regex(/^(auto|[1-9]\d{1,3}x[1-9]\d{1,3})$/, "Give a size such as 1024x1024.")
    .optional(),
  quality: z.enum(["auto", "standard", "hd", "low", "medium", "high"]).optional(),
  // An address would be one of the inference server's.
  response_format: z.literal("b64_json").optional(),
  user: z.string().max(256).optional(),
});
const speechInput = z.strictObject({
  model,
  input: z.string().min(1).max(4_096),
  voice: z.string().min(1).max(64).default("alloy"),
  response_format: z.enum(["mp3", "opus", "aac", "flac", "wav", "pcm"]).optional(),
  speed: z.number().min(0.25).max(4).optional(),
  instructions: z.string().max(4_096).optional(),
});
/** The fields beside `file`: all of them are text in a form. */
const transcriptionFields = z.strictObject({
  model,
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, "Give a language such as en.")
    .optional(),
  prompt: z.string().max(4_096).optional(),
  response_format: z.enum(["json", "verbose_json", "text", "srt", "vtt"]).optional(),
  temperature: z
    .string()
    .regex(/^(0(\.\d{1,3})?|1(\.0{1,3})?)$/, "Give 0 to 1.")
    .optional(),
});
const imageAnswer = z.looseObject({ data: z.array(z.looseObject({ b64_json: z.string() })).min(1) });

const shared = { category: "media_processing" as const };

export const imageService: SoldService = {
  ...shared,
  slug: "image",
  name: "Pictures",
  description: "A picture from a description, as base64.",
  path: "/v1/images/generations",
  kinds: ["image"],
  bodyMax: JSON_BODY_MAX,
  inputSchema: listedSchema(imageInput),
  outputSchema: {
    type: "object",
    properties: {
      data: { type: "array", items: { type: "object", properties: { b64_json: { type: "string" } } } },
    },
    required: ["data"],
  },
  example: { prompt: "A grey square", size: "256x256" },
  read: (asked) => {
    const input = readJson(imageInput, asked);
    // OpenAI's newest give base64 always, and take no such member; all others give an address by default.
    const form = asked.upstreamModel.startsWith("gpt-image") ? {} : { response_format: "b64_json" };
    const { response_format: _form, ...rest } = input;
    return jsonWork("/images/generations", { ...rest, ...form, model: asked.upstreamModel });
  },
  answer: (upstream) => imageAnswer.parse(upstream),
};

export const speechService: SoldService = {
  ...shared,
  slug: "speech",
  name: "Speech",
  description: "Reads a text aloud: a sound file.",
  path: "/v1/audio/speech",
  kinds: ["speech"],
  bodyMax: JSON_BODY_MAX,
  inputSchema: listedSchema(speechInput),
  outputSchema: null,
  example: { input: "Hello.", voice: "alloy", response_format: "mp3" },
  read: (asked) => jsonWork("/audio/speech", { ...readJson(speechInput, asked), model: asked.upstreamModel }),
};

export const transcriptionService: SoldService = {
  ...shared,
  slug: "transcription",
  name: "Transcription",
  description: "What is said in a sound file. Send multipart/form-data with `file`.",
  path: "/v1/audio/transcriptions",
  kinds: ["transcription"],
  bodyMax: SOUND_BODY_MAX,
  inputSchema: {
    ...listedSchema(transcriptionFields),
    properties: {
      file: { type: "string", contentMediaType: "application/octet-stream", description: "A sound file." },
      ...(listedSchema(transcriptionFields).properties as object),
    },
    required: ["file"],
  },
  outputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  read: async ({ body, contentType, model, upstreamModel }) => {
    const { file, ...fields } = await readForm(body, contentType);
    const input = checked(transcriptionFields, fields, model);
    return formWork("/audio/transcriptions", file, { ...input, model: upstreamModel });
  },
};

/** @throws Refusal `unsupported-media-type` or `invalid-input` */
async function readForm(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<{ file: File; [field: string]: unknown }> {
  if (!/^multipart\/form-data;/i.test(contentType))
    throw new Refusal("unsupported-media-type", "Send multipart/form-data with a file.");
  const form = await new Response(body, { headers: { "content-type": contentType } }).formData().catch(() => {
    throw new Refusal("invalid-input", "The form cannot be read.");
  });
  const { file, ...fields } = Object.fromEntries(form);
  if (!(file instanceof File) || file.size === 0)
    throw new Refusal("invalid-input", "/file: Give a sound file.");
  return { ...fields, file };
}

/** Written anew: only what was checked goes to the inference server. */
async function formWork(path: string, file: File, fields: Record<string, string | undefined>): Promise<Work> {
  const form = new FormData();
  // Inference servers tell the format by the name's ending.
  form.append("file", file, file.name.replace(/[^\w.-]/g, "_").slice(-64));
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  const written = new Response(form);
  const body = new Uint8Array(await written.arrayBuffer());
  return { path, contentType: written.headers.get("content-type") ?? "", body, events: false };
}
