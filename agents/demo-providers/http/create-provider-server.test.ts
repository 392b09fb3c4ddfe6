import { once } from "node:events";
import { request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoProviders } from "../demo-providers";
import { pseudoRandom } from "../holter-ai/pseudo-random";
import { createProviderServer } from "./create-provider-server";

const servers: Server[] = [];
const origins = new Map<string, string>();

beforeAll(async () => {
  for (const provider of demoProviders) {
    const server = createProviderServer(provider);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    origins.set(provider.listing.id, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
});

afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

const url = (id: string, path: string) => `${origins.get(id)}${path}`;

function post(id: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(url(id, path), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const problem = await response.json();
  expect(problem).toMatchObject({ type: expect.stringMatching(/^urn:/), status: response.status });
  return problem;
}

function eventsOf(text: string) {
  return text
    .trimEnd()
    .split("\n\n")
    .map((block) => {
      const fields = Object.fromEntries(
        block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      );
      return { id: Number(fields.id), event: fields.event, data: JSON.parse(fields.data ?? "null") };
    });
}

describe.each(demoProviders)("$listing.name", ({ listing }) => {
  test("/health tells its name, version and age", async () => {
    const response = await fetch(url(listing.id, "/health"));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      service: listing.name,
      version: "1.0.0",
      uptimeSeconds: expect.any(Number),
    });
  });

  test("/manifest.json is the listing", async () => {
    const response = await fetch(url(listing.id, "/manifest.json"));
    expect(await response.json()).toEqual(listing);
  });

  test("HEAD has the headers of GET and no body", async () => {
    const response = await fetch(url(listing.id, "/health"), { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("an unknown path is 404", async () => {
    expect(await problemOf(await fetch(url(listing.id, "/debug/state")))).toMatchObject({ status: 404 });
    expect((await fetch(url(listing.id, "/schema/__proto__"))).status).toBe(404);
  });

  test("the wrong method is 405 and Allow names the right one", async () => {
    const health = await post(listing.id, "/health", {});
    expect([health.status, health.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    for (const { path } of listing.services) {
      const response = await fetch(url(listing.id, path));
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  test.each(listing.services)("/schema/$slug tells its schemas and its example", async (service) => {
    const response = await fetch(url(listing.id, `/schema/${service.slug}`));
    const { slug, inputSchema, outputSchema, example } = service;
    expect(await response.json()).toEqual({ slug, inputSchema, outputSchema, example });
  });

  describe.each(listing.services)("POST $path", (service) => {
    test("its example gives an answer that its output schema accepts, with all that an answer carries", async () => {
      const response = await post(listing.id, service.path, service.example);
      expect(response.status).toBe(200);
      const answer = service.streams ? eventsOf(await response.text()).at(-1)?.data : await response.json();
      const validate = new Ajv2020({ allowUnionTypes: true, allErrors: true }).compile(service.outputSchema);
      expect(validate(answer) || validate.errors).toBe(true);
      expect(answer.disclaimer).toContain("not medical advice");
      expect(answer.formula.length).toBeGreaterThan(10);
    });

    test.each([
      { given: "no JSON", body: "{", status: 400 },
      { given: "no body", body: "", status: 400 },
      { given: "two values", body: "{} {}", status: 400 },
      { given: "NaN", body: '{"a":NaN}', status: 400 },
      { given: "an array", body: "[]", status: 422 },
      { given: "null", body: "null", status: 422 },
      { given: "an empty object", body: "{}", status: 422 },
      { given: "__proto__", body: '{"__proto__":{"a":1}}', status: 422 },
      { given: "deep nesting", body: "[".repeat(30_000) + "]".repeat(30_000), status: 422 },
      { given: "70 KiB", body: `"${"x".repeat(70 * 1024)}"`, status: 413 },
    ])("given $given, it is $status", async ({ body, status }) => {
      expect(await problemOf(await post(listing.id, service.path, body))).toMatchObject({ status });
    });

    test("given an unknown field, it is 422 and points at it", async () => {
      const problem = await problemOf(await post(listing.id, service.path, { ...service.example, "a/b": 1 }));
      expect(problem.errors).toContainEqual({ pointer: "/a~1b", message: "is not a known field" });
    });

    test.each(["text/plain", "application/x-www-form-urlencoded"])("given %s, it is 415", async (type) => {
      const response = await post(listing.id, service.path, service.example, { "content-type": type });
      expect(response.status).toBe(415);
    });

    test("given a content encoding, it is 415", async () => {
      const response = await post(listing.id, service.path, service.example, { "content-encoding": "gzip" });
      expect(response.status).toBe(415);
    });
  });
});

describe("refusals of a value", () => {
  const das28 = { tenderJoints: 4, swollenJoints: 5, esrMmPerHour: 44, globalHealthMm: 12 };
  const { globalHealthMm: _left, ...withoutGlobal } = das28;

  test.each([
    {
      body: { ...das28, tenderJoints: 29 },
      error: { pointer: "/tenderJoints", message: "must be <= 28", unit: "joints" },
    },
    {
      body: { ...das28, tenderJoints: 1.5 },
      error: { pointer: "/tenderJoints", message: "must be integer", unit: "joints" },
    },
    {
      body: { ...das28, esrMmPerHour: 0 },
      error: { pointer: "/esrMmPerHour", message: "must be >= 1", unit: "mm/h" },
    },
    {
      body: { ...das28, esrMmPerHour: 1e300 },
      error: { pointer: "/esrMmPerHour", message: "must be <= 200", unit: "mm/h" },
    },
    {
      body: { ...das28, globalHealthMm: "12" },
      error: { pointer: "/globalHealthMm", message: "must be number", unit: "mm" },
    },
    {
      body: { ...das28, globalHealthMm: null },
      error: { pointer: "/globalHealthMm", message: "must be number", unit: "mm" },
    },
    { body: withoutGlobal, error: { pointer: "/globalHealthMm", message: "is required", unit: "mm" } },
  ])("given $body, it names $error", async ({ body, error }) => {
    const problem = await problemOf(await post("rheumascore", "/compute/das28-esr", body));
    expect(problem).toMatchObject({ status: 422, detail: "One value is not valid.", errors: [error] });
  });

  test("given four wrong values, it names all four at once", async () => {
    const wrong = { tenderJoints: -1, swollenJoints: 99, esrMmPerHour: 0, globalHealthMm: 101 };
    const problem = await problemOf(await post("rheumascore", "/compute/das28-esr", wrong));
    expect(problem.errors).toHaveLength(4);
  });

  test.each([
    { given: "both RR and rate", more: { rrMs: 800, heartRateBpm: 75 } },
    { given: "neither", more: {} },
  ])("given $given for QTc, it says that one of them is wanted, once", async ({ more }) => {
    const problem = await problemOf(await post("holterai", "/qtc", { qtMs: 400, sex: "male", ...more }));
    expect(problem.errors).toEqual([{ pointer: "", message: "must have exactly one of rrMs, heartRateBpm" }]);
  });

  test("given a wrong sex, it lists the choices", async () => {
    const problem = await problemOf(await post("holterai", "/qtc", { qtMs: 400, rrMs: 800, sex: "x" }));
    expect(problem.errors).toEqual([{ pointer: "/sex", message: "must be one of female, male" }]);
  });

  test.each([
    { given: "nine intervals", series: new Array(9).fill(800), pointer: "/rrIntervalsMs" },
    { given: "12 001 intervals", series: new Array(12_001).fill(800), pointer: "/rrIntervalsMs" },
    { given: "seconds for milliseconds", series: new Array(10).fill(0.8), pointer: "/rrIntervalsMs/0" },
  ])("given $given, it refuses $pointer", async ({ series, pointer }) => {
    const problem = await problemOf(await post("holterai", "/arrhythmia", { rrIntervalsMs: series }));
    expect(problem.errors[0]).toMatchObject({ pointer });
  });

  test("given a batch with one wrong input, it points into that one and computes none", async () => {
    const computations = [
      { score: "das28-esr", input: das28 },
      { score: "cdai", input: { ...das28 } },
    ];
    const problem = await problemOf(await post("rheumascore", "/batch", { computations }));
    const pointers = problem.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toContain("/computations/1/input/esrMmPerHour");
    expect(pointers.every((pointer: string) => pointer.startsWith("/computations/1/input/"))).toBe(true);
  });

  test.each([0, 21])("given a batch of %i, it refuses", async (size) => {
    const computations = new Array(size).fill({ score: "das28-esr", input: das28 });
    expect((await post("rheumascore", "/batch", { computations })).status).toBe(422);
  });

  test("given a batch of 20, it answers 20 in order", async () => {
    const computations = Array.from({ length: 20 }, (_, joints) => ({
      score: "das28-esr",
      input: { ...das28, tenderJoints: joints },
    }));
    const { results } = await (await post("rheumascore", "/batch", { computations })).json();
    expect(
      results.map(
        (result: { answer: { inputsUsed: { tenderJoints: number } } }) =>
          result.answer.inputsUsed.tenderJoints,
      ),
    ).toEqual(computations.map((_, joints) => joints));
  });

  test("given a date that does not exist, the report refuses it like a schema would", async () => {
    const visits = [
      { date: "2025-02-30", ...das28 },
      { date: "2025-03-30", ...das28 },
    ];
    const problem = await problemOf(await post("rheumascore", "/report", { visits }));
    expect(problem.errors).toEqual([{ pointer: "/visits/0/date", message: "is not a day of the calendar" }]);
  });

  test("given many mistakes, it names 50 of them", async () => {
    const problem = await problemOf(
      await post("holterai", "/arrhythmia", { rrIntervalsMs: new Array(9_000).fill(0) }),
    );
    expect(problem.errors).toHaveLength(50);
  });

  test("a malformed body is not repeated in the refusal", async () => {
    const response = await post("rheumascore", "/compute/das28-esr", '{"patient":"Jane Roe"');
    expect(await response.text()).not.toContain("Jane");
  });
});

describe("bodies on the wire", () => {
  test("given bytes that are not UTF-8, it is 400", async () => {
    const body = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    const headers = { "content-type": "application/json" };
    expect((await fetch(url("dnai", "/irb-review"), { method: "POST", headers, body })).status).toBe(400);
  });

  test("given more than a mebibyte in chunks without a length, it is 413", async () => {
    const request = httpRequest(url("dnai", "/irb-review"), {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    request.on("error", () => undefined); // The server may close while we still write.
    const answered = once(request, "response");
    for (let i = 0; i < 40; i += 1) request.write("x".repeat(32 * 1024));
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    request.destroy();
  });

  test("given a refusal, the connection serves the next request", async () => {
    const { port } = new URL(url("dnai", "/"));
    const socket = connect(Number(port), "127.0.0.1");
    const body = "x".repeat(66 * 1024);
    socket.write(
      `POST /irb-review HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.write("GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let text = "";
    for await (const chunk of socket) text += chunk;
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
  });
});

describe("POST /arrhythmia/stream", () => {
  const rrIntervalsMs = pseudoRandom(2_500, 3).map((value) => 700 + (value % 200));

  test("it streams numbered events, progress by the chunk, and the answer of /arrhythmia last", async () => {
    const response = await post("holterai", "/arrhythmia/stream", { rrIntervalsMs });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = eventsOf(await response.text());
    const whole = await (await post("holterai", "/arrhythmia", { rrIntervalsMs })).json();

    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ event }) => event === "progress").map(({ data }) => data.intervals)).toEqual([
      500, 1000, 1500, 2000, 2500,
    ]);
    expect(events.at(-1)).toMatchObject({ event: "result", data: whole });
  });

  test("given wrong input, it is a problem before any event", async () => {
    const problem = await problemOf(await post("holterai", "/arrhythmia/stream", { rrIntervalsMs: [1] }));
    expect(problem.status).toBe(422);
  });

  test("given readers who leave at the first byte, the server goes on", async () => {
    const series = pseudoRandom(10_000, 5).map((value) => 400 + (value % 500));
    for (let reader = 0; reader < 5; reader += 1) {
      const leaving = new AbortController();
      const response = await fetch(url("holterai", "/arrhythmia/stream"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ rrIntervalsMs: series }),
        signal: leaving.signal,
      });
      await response.body?.getReader().read();
      leaving.abort();
    }
    expect((await fetch(url("holterai", "/health"))).status).toBe(200);
  });
});
