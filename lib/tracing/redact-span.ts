import type { tracing } from "@opentelemetry/sdk-node";

type Span = tracing.ReadableSpan;

/**
 * What a span may say. Everything else stays here: paths and query strings, addresses of clients, headers, parameters of
 * statements, and messages of errors, which may quote any of them. `db.query.text` is the text with its $1, $2, ….
 */
const SAYABLE = new Set([
  "http.request.method",
  "http.response.status_code",
  "http.route",
  "error.type",
  "network.protocol.version",
  "server.address",
  "server.port",
  "url.scheme",
  "db.system.name",
  "db.system",
  "db.namespace",
  "db.operation.name",
  "db.query.text",
]);
/** Longest text of one attribute. */
const LENGTH_MAX = 2_000;

/** The span as it may leave this process: the same times, names and relations, and of its attributes those that are sayable. */
export function redactSpan(span: Span): Span {
  const attributes = Object.fromEntries(
    Object.entries(span.attributes)
      .filter(([name]) => SAYABLE.has(name))
      .map(([name, value]) => [name, typeof value === "string" ? value.slice(0, LENGTH_MAX) : value]),
  );
  return Object.create(span, {
    name: { value: span.name.split("?", 1)[0], enumerable: true },
    attributes: { value: attributes, enumerable: true },
    events: { value: [], enumerable: true },
    links: { value: [], enumerable: true },
    status: { value: { code: span.status.code }, enumerable: true },
  }) as Span;
}

/** Sends redacted spans on. */
export function redacting(exporter: tracing.SpanExporter): tracing.SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(redactSpan), done),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
