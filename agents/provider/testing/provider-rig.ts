import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { Mppx } from "mppx/client";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { ledgerStream } from "@/agents/client/ledger-stream";
import { pool } from "@/lib/db/pool";
import { type RealPayer, realPayer } from "@/lib/testing/real-payer";
import { realServer } from "@/lib/testing/real-server";
import { startProvider } from "./start-provider";
import { testInferenceServer } from "./test-inference-server";

const TOKEN = 10n ** 18n;

export type ProviderRig = Awaited<ReturnType<typeof providerRig>>;

/**
 * A marketplace in a process of its own, a model behind real HTTP, and provider agents as people run them. Over the database of
 * `DATABASE_URL`.
 *
 * @param providers how many may run at once
 */
export async function providerRig(providers = 1, environment: Record<string, string> = {}) {
  const ports = await quietPorts(providers);
  const key = generatePrivateKey();
  const inference = await testInferenceServer({ key: "inference-key" });
  const allow = ports.map((port) => `127.0.0.1:${port}`).join(",");
  const server = await realServer({ UPSTREAM_ALLOW: allow });
  const started: Awaited<ReturnType<typeof startProvider>>[] = [];

  /** The settings of one provider, on the first port unless `change` says otherwise. */
  const settings = (change: Record<string, string> = {}) => ({
    SUPERSTREAM_URL: server.url,
    PROVIDER_KEY: key,
    INFERENCE_URL: inference.url,
    INFERENCE_KEY: "inference-key",
    MODEL_NAME: "reverser-1b",
    PORT: String(ports[0]),
    ...environment,
    ...change,
  });
  async function start(change: Record<string, string> = {}) {
    const provider = await startProvider(settings(change));
    started.push(provider);
    return provider;
  }

  const stopAll = async () => {
    for (const provider of started.splice(0)) await provider.stop();
  };

  return {
    ...{ inference, server, ports, settings, start, stopAll },
    owner: privateKeyToAccount(key),
    newPayer: () => realPayer(server.url),
    /** A stock mppx client: it knows how to pay, and keeps no session. */
    stock: ({ account }: RealPayer) => {
      const caps = { maxRatePerDay: 20n * TOKEN, maxDeposit: TOKEN, maxTotal: 5n * TOKEN };
      return Mppx.create({ polyfill: false, methods: [ledgerStream({ account, caps })] }).fetch;
    },
    close: async () => {
      await stopAll();
      await server.stop();
      inference.close();
    },
  };
}

/**
 * Free ports below those that the system gives to connections by itself (from 32768 on): a provider is started on one of them again and
 * again, and on a busy machine none of its ports may have gone to somebody else's connection meanwhile.
 */
async function quietPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(20_000, 30_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/** One POST of JSON. */
export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

export const chat = (content: string, more: object = {}) => ({
  messages: [{ role: "user", content }],
  ...more,
});

/** Lets the database's clock go ahead from now on, so that nobody waits for a deposit to be spent. */
export async function moveClock(byMs: number): Promise<void> {
  await pool().query(`create or replace function clock_ms() returns bigint language sql volatile as $$
    select coalesce(nullif(current_setting('superstream.now_ms', true), '')::bigint,
                    floor(extract(epoch from clock_timestamp()) * 1000)::bigint + ${byMs}) $$`);
}

/** The words of an answer in events, and the names of the other events, in order. */
export function readEvents(text: string): { words: string[]; events: { event: string; data: unknown }[] } {
  const parts = text.split("\n\n").filter((part) => part && !part.startsWith(":"));
  const words: string[] = [];
  const events: { event: string; data: unknown }[] = [];
  for (const part of parts) {
    const event = /^event: (.*)$/m.exec(part)?.[1] ?? "message";
    const data = /^data: (.*)$/m.exec(part)?.[1] ?? "";
    if (event !== "message") events.push({ event, data: JSON.parse(data) });
    else if (data === "[DONE]") events.push({ event: "done", data: null });
    else {
      const chunk = JSON.parse(data) as {
        choices: { delta: { content?: string }; finish_reason: string | null }[];
      };
      const content = chunk.choices[0]?.delta.content;
      if (content) words.push(content.trim());
      if (chunk.choices[0]?.finish_reason) events.push({ event: "end", data: chunk });
    }
  }
  return { words, events };
}
