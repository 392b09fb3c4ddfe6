import type { tracing } from "@opentelemetry/sdk-node";
import { describe, expect, test } from "vitest";
import { redactSpan } from "./redact-span";
import { tracingWanted } from "./tracing-wanted";

describe("redactSpan", () => {
  test("given a span with everything in it, only what is sayable leaves, and it stays the same span", () => {
    const context = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    const span = {
      name: "POST /api/p/{provider}/{path}?token=secret",
      attributes: {
        "http.route": "/api/p/{provider}/{path}",
        "http.response.status_code": 402,
        "url.path": "/api/p/acme/score",
        "url.query": "token=secret",
        "client.address": "192.0.2.1",
        "user_agent.original": "secret",
        "db.query.text": `select $1${" ".repeat(3_000)}`,
        "db.postgresql.values": ["secret"],
      },
      events: [{ name: "exception", attributes: { "exception.message": "secret" } }],
      links: [],
      status: { code: 2, message: "invalid input: secret" },
      spanContext: () => context,
    } as unknown as tracing.ReadableSpan;
    const redacted = redactSpan(span);
    expect(redacted.attributes).toEqual({
      "http.route": "/api/p/{provider}/{path}",
      "http.response.status_code": 402,
      "db.query.text": `select $1${" ".repeat(1_991)}`,
    });
    expect([redacted.events, redacted.status]).toEqual([[], { code: 2 }]);
    expect([redacted.name, redacted.spanContext()]).toEqual(["POST /api/p/{provider}/{path}", context]);
  });
});

describe("tracingWanted", () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };
  test.each([
    ["nothing", {}, false],
    ["an endpoint", endpoint, true],
    [
      "an endpoint for traces",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318/v1/traces" },
      true,
    ],
    ["an empty endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, false],
    ["an endpoint, switched off", { ...endpoint, OTEL_SDK_DISABLED: "true" }, false],
    ["an endpoint, without traces", { ...endpoint, OTEL_TRACES_EXPORTER: "none" }, false],
  ])("given %s, it says so", (_given, environment, wanted) => {
    expect(tracingWanted(environment)).toBe(wanted);
  });
});
