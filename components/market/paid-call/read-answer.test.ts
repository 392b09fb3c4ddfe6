import { describe, expect, test } from "vitest";
import { readAnswer } from "./read-answer";

describe("readAnswer", () => {
  test("given JSON, it is the value, with the receipt of the header", () => {
    expect(readAnswer('{"das28":4.5}', "application/json", { requestId: "req_1" })).toEqual({
      value: { das28: 4.5 },
      receipt: { requestId: "req_1" },
    });
  });

  test("given events, the result is the value and the last receipt counts", () => {
    const text = [
      'event: progress\ndata: {"done":1}',
      'event: result\ndata: {"beats":3,\ndata: "ok":true}',
      'event: payment-receipt\ndata: {"requestId":"req_2","responseDigest":"sha-256=:x:"}',
      "",
    ].join("\n\n");
    expect(readAnswer(text, "text/event-stream; charset=utf-8", { requestId: "req_2" })).toEqual({
      value: { beats: 3, ok: true },
      receipt: { requestId: "req_2", responseDigest: "sha-256=:x:" },
    });
  });

  test("given something else, it is shown as text", () => {
    expect(readAnswer("plain", "text/plain", null)).toEqual({ value: "plain", receipt: null });
  });
});
