/** Pictures and sound, through the door and past it. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the market is looked at as a whole.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import type { RealPayer } from "@/lib/testing/real-payer";
import { type ProviderRig, post, providerRig } from "./testing/provider-rig";
import type { StartedProvider } from "./testing/start-provider";

// Programs of their own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let rig: ProviderRig;
let provider: StartedProvider;
let payer: RealPayer;

beforeAll(async () => {
  rig = await providerRig();
  provider = await rig.start({ MODEL_NAME: "senses-1b", SERVICE_KINDS: "image,transcription,speech" });
  payer = await rig.newPayer();
}, 180_000);
afterAll(() => rig?.close(), 60_000);

const door = (path: string) => `${rig.server.url}/api/p/${provider.id}${path}`;
const addresses = (path: string) => [door(path), provider.url + path];

function sound(fields: Record<string, string> = {}): RequestInit {
  const form = new FormData();
  form.append("file", new File(["hear me"], "a sound.wav", { type: "audio/wav" }));
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return { method: "POST", body: form };
}

/** A stock client sends its request again when it has paid: a form must not get another boundary then. */
async function fixed(init: RequestInit): Promise<RequestInit> {
  const written = new Request("http://localhost", init);
  const headers = { "content-type": written.headers.get("content-type") ?? "" };
  return { method: "POST", headers, body: new Uint8Array(await written.arrayBuffer()) };
}

test("it is listed with what it takes, and with no text", async () => {
  const answer = await fetch(`${rig.server.url}/api/v1/registry/services?provider=${provider.id}`);
  const { items } = (await answer.json()) as {
    items: { slug: string; capability: string; category: string }[];
  };
  expect(items.map(({ slug, capability }) => [slug, capability])).toEqual([
    ["image", "image-generation"],
    ["speech", "text-to-speech"],
    ["transcription", "speech-to-text"],
  ]);
  expect((await fetch(`${provider.url}/v1/chat/completions`, post({}))).status).toBe(404);
});

test("a picture comes as base64, wherever it is asked for", async () => {
  for (const address of addresses("/v1/images/generations")) {
    const response = await payer.pay(address, post({ prompt: "a square" }));
    expect(response.headers.has("payment-receipt")).toBe(true);
    const { data } = (await response.json()) as { data: { b64_json: string }[] };
    expect(Buffer.from(data[0]?.b64_json ?? "", "base64").toString()).toBe("picture of a square");
  }
});

test("speech comes as bytes of its own type", async () => {
  for (const address of addresses("/v1/audio/speech")) {
    const response = await payer.pay(address, post({ input: "hello", voice: "nova" }));
    expect(response.headers.get("content-type")).toBe("audio/mpeg");
    expect(await response.text()).toBe("sound of hello");
  }
});

test("a sound file is transcribed, and only checked fields reach the model", async () => {
  for (const address of addresses("/v1/audio/transcriptions")) {
    const response = await payer.pay(address, await fixed(sound({ language: "en" })));
    expect(await response.json()).toEqual({ text: "hear me" });
  }
  expect(rig.inference.asked.at(-1)?.body).toEqual({
    model: "senses-1b",
    language: "en",
    name: "a_sound.wav",
  });
});

test.each([
  ["a picture's address", "/v1/images/generations", post({ prompt: "x", response_format: "url" })],
  ["two pictures", "/v1/images/generations", post({ prompt: "x", n: 2 })],
  ["nothing to say", "/v1/audio/speech", post({ voice: "nova" })],
  ["a form without a sound", "/v1/audio/transcriptions", { method: "POST", body: new FormData() }],
  ["a switch in a form", "/v1/audio/transcriptions", sound({ url: "http://169.254.169.254/" })],
  ["another model in a form", "/v1/audio/transcriptions", sound({ model: "senses-70b" })],
])("%s is refused with 400 before anybody is asked for money", async (_, path, init) => {
  const before = rig.inference.asked.length;
  expect((await fetch(provider.url + path, init)).status).toBe(400);
  expect(rig.inference.asked).toHaveLength(before);
});
