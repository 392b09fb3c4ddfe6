import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type TestInference = Awaited<ReturnType<typeof testInferenceServer>>;
type Asked = { path: string; authorization: string | null; body: Record<string, unknown> };

/**
 * A small OpenAI-compatible server with a model that anybody can run by hand: it answers `count 5` with `1 2 3 4 5 `, one word an
 * event, and everything else with its own words in reverse. Over real HTTP: it waits for slow readers and ends when they leave.
 *
 * @param options.wordMs pause before each word
 * @param options.padding characters that make each word so much longer
 */
export async function testInferenceServer(options: { key?: string; wordMs?: number; padding?: number } = {}) {
  const settings = { wordMs: options.wordMs ?? 0, padding: options.padding ?? 0, failWith: 0 };
  const asked: Asked[] = [];
  const state = { words: 0, cut: 0 };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const authorization = request.headers.authorization ?? null;
    if (options.key && authorization !== `Bearer ${options.key}`) return fail(response, 401, "Wrong key");
    if (path === "/v1/models") return send(response, 200, { object: "list", data: [{ id: "reverser" }] });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (path === "/v1/audio/transcriptions")
      return transcription(response, bytes, request.headers["content-type"] ?? "");
    const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
    asked.push({ path, authorization, body });
    if (settings.failWith) return fail(response, settings.failWith, "The test asks for it");
    if (path === "/v1/chat/completions" || path === "/v1/completions") return text(response, path, body);
    if (path === "/v1/images/generations") {
      const b64_json = Buffer.from(`picture of ${body.prompt}`).toString("base64");
      const picture =
        body.response_format === "b64_json" ? { b64_json } : { url: "http://127.0.0.1/picture" };
      return send(response, 200, { created: 0, data: [picture] });
    }
    if (path === "/v1/audio/speech") {
      response.writeHead(200, { "content-type": "audio/mpeg" }).end(`sound of ${body.input}`);
      return;
    }
    fail(response, 404, "No such route");
  }

  /** Its ear takes the sound's bytes for letters. */
  async function transcription(response: ServerResponse, bytes: Buffer, contentType: string): Promise<void> {
    const headers = { "content-type": contentType };
    const form = await new Response(new Uint8Array(bytes), { headers }).formData();
    const file = form.get("file") as File;
    const fields = Object.fromEntries([...form].filter(([name]) => name !== "file"));
    asked.push({
      path: "/v1/audio/transcriptions",
      authorization: null,
      body: { ...fields, name: file.name },
    });
    send(response, 200, { text: await file.text() });
  }

  async function text(response: ServerResponse, path: string, body: Record<string, unknown>): Promise<void> {
    const chat = path === "/v1/chat/completions";
    const words = modelWords(chat ? lastMessage(body) : String(body.prompt));
    const some = words.slice(0, Number(body.max_tokens ?? words.length));
    const base = { id: "cmpl-1", created: 0, model: body.model };
    if (body.stream !== true) {
      const content = some.join("");
      const choice = chat ? { message: { role: "assistant", content } } : { text: content };
      const usage = { prompt_tokens: 1, completion_tokens: some.length, total_tokens: some.length + 1 };
      const object = chat ? "chat.completion" : "text_completion";
      return send(response, 200, {
        ...base,
        object,
        choices: [{ index: 0, ...choice, finish_reason: "stop" }],
        usage,
      });
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    let left = false;
    response.once("close", () => {
      if (!response.writableFinished) state.cut += 1;
      left = true;
    });
    const object = chat ? "chat.completion.chunk" : "text_completion";
    for (const word of some) {
      if (settings.wordMs > 0) await sleep(settings.wordMs);
      if (left) return;
      const content = word + "_".repeat(settings.padding);
      const choice = chat ? { delta: { content } } : { text: content };
      state.words += 1;
      const choices = [{ index: 0, ...choice, finish_reason: null }];
      await event(response, JSON.stringify({ ...base, object, choices }));
    }
    const end = chat ? { delta: {} } : { text: "" };
    await event(
      response,
      JSON.stringify({ ...base, object, choices: [{ index: 0, ...end, finish_reason: "stop" }] }),
    );
    response.end("data: [DONE]\n\n");
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    /** For `INFERENCE_URL`. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    /** What the model was asked, in order. */
    asked,
    /** May be changed while it runs; `failWith` is a status to answer with, 0 for none. */
    settings,
    /** Words that the model has said, and streams that were cut off by their reader. */
    state,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function modelWords(prompt: string): string[] {
  const [, count] = /^count (\d+)$/.exec(prompt) ?? [];
  if (count !== undefined) return Array.from({ length: Number(count) }, (_, at) => `${at + 1} `);
  return prompt
    .split(/\s+/)
    .reverse()
    .map((word) => `${word} `);
}

function lastMessage(body: Record<string, unknown>): string {
  const messages = body.messages as { content: unknown }[];
  return String(messages.at(-1)?.content ?? "");
}

async function event(response: ServerResponse, data: string): Promise<void> {
  if (response.write(`data: ${data}\n\n`) || response.destroyed) return;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once("close", leave);
  await once(response, "drain", { signal: gone.signal }).catch(() => undefined); // Who left reads no more.
  response.off("close", leave);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { message, type: "invalid_request_error", code: null } });
}
