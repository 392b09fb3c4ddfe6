import { describe, expect, test } from "vitest";
import { ProblemError } from "@/lib/errors";
import { readHeaders } from "./read-headers";

const request = (headers: HeadersInit) => new Request("http://localhost:3000/", { headers });

function refusalOf(headers: HeadersInit): object {
  try {
    readHeaders(request(headers), true);
  } catch (error) {
    if (error instanceof ProblemError) return { code: error.code, ...error.options.extensions };
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("readHeaders", () => {
  test("given a key, it is read where the operation uses it", () => {
    const keyed = request({ "Idempotency-Key": "k".repeat(255) });
    expect(readHeaders(keyed, true)).toEqual({ idempotencyKey: "k".repeat(255) });
    expect(readHeaders(keyed, false)).toEqual({});
    expect(readHeaders(request({}), true)).toEqual({});
  });

  test.each(["k".repeat(256), "two words", "one, two", ""])(
    "given %j as a key, it is refused by name",
    (key) => {
      expect(refusalOf({ "Idempotency-Key": key })).toEqual({
        code: "malformed-request",
        header: "Idempotency-Key",
      });
    },
  );

  test("given a header beyond 8 KiB, it is refused, and named", () => {
    expect(readHeaders(request({ "X-Long": "x".repeat(8_192) }), true)).toEqual({});
    expect(refusalOf({ "X-Long": "x".repeat(8_193) })).toEqual({
      code: "malformed-request",
      header: "x-long",
    });
  });
});
