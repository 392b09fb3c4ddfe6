import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ProblemError } from "@/lib/errors";
import { BODY_BYTES_MAX, readJson } from "./read-json";

const schema = z.strictObject({ text: z.string().optional(), list: z.array(z.unknown()).optional() });
const TYPE = { "Content-Type": "application/json" };

function post(body: BodyInit | null, headers: HeadersInit = TYPE): Request {
  const init = { method: "POST", body, headers, duplex: "half" };
  return new Request("http://localhost/", init);
}

async function codeOf(request: Request, options?: { optional?: boolean }): Promise<string> {
  const error = await readJson(request, schema, options).then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.code : String(error);
}

const nested = (levels: number) => `{"list":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

describe("readJson", () => {
  test("given a body of exactly the limit, it is read; given one byte more, refused, also in chunks", async () => {
    const fitting = `{"text":"${"x".repeat(BODY_BYTES_MAX - 11)}"}`;
    expect(Buffer.byteLength(fitting)).toBe(BODY_BYTES_MAX);
    expect((await readJson(post(fitting), schema)).text).toHaveLength(BODY_BYTES_MAX - 11);
    expect(await codeOf(post(`${fitting} `))).toBe("body-too-large");
    const chunks = new Blob([fitting, " "]).stream();
    expect(await codeOf(post(chunks))).toBe("body-too-large");
  });

  test("given an endless body, reading stops soon after the limit and the source is told", async () => {
    let sent = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await codeOf(post(endless))).toBe("body-too-large");
    expect(cancelled).toBe(true);
    expect(sent).toBeLessThan(BODY_BYTES_MAX + 4 * 65_536);
  });

  test("given 32 levels, they are read; given 33, refused", async () => {
    expect(await readJson(post(nested(32)), schema)).toHaveProperty("list");
    expect(await codeOf(post(nested(33)))).toBe("malformed-json");
  });

  test.each([
    ["application/json", "{}", null],
    ["APPLICATION/JSON;charset=UTF-8", "{}", null],
    ['application/json; charset="utf-8"', "{}", null],
    ["application/json; charset=latin1", "{}", "unsupported-media-type"],
    ["text/plain", "{}", "unsupported-media-type"],
    ["application/json", "", "malformed-json"],
    ["application/json", '{"stranger":1}', "invalid-input"],
    ["application/json", '{"__proto__":{}}', "malformed-json"],
    ["application/json", '{"text":"\\u0000"}', "malformed-json"],
    ["application/json", '{"list":[1e999]}', "malformed-json"],
  ])("given %s and %s, the refusal is %s", async (type, body, code) => {
    const outcome = await codeOf(post(body, { "Content-Type": type }));
    expect(outcome).toBe(code ?? "null");
  });

  test("given an optional body, nothing at all counts as an empty object", async () => {
    expect(await readJson(post(null, {}), schema, { optional: true })).toEqual({});
    expect(await codeOf(post(null, {}))).toBe("unsupported-media-type");
  });

  test("given several wrong fields, each is pointed to, and what was sent is not repeated", async () => {
    const error = (await readJson(post('{"text":5,"a/b":"secret","list":7}'), schema).catch(
      (reason: unknown) => reason,
    )) as ProblemError;
    const errors = error.options.extensions?.errors as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(["/body/a~1b", "/body/list", "/body/text"]);
    expect(JSON.stringify(error.options.extensions)).not.toContain("secret");
  });
});
