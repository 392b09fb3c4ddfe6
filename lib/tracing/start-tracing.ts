import { createRequire, syncBuiltinESMExports } from "node:module";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { api, NodeSDK, resources, tracing } from "@opentelemetry/sdk-node";
import { listenToRoutes } from "@/lib/metrics/note-route";
import { redacting } from "./redact-span";

// The server in front of Next and Next's own bundles are one process, and it is traced once.
const shared = globalThis as typeof globalThis & { superstreamTracing?: NodeSDK };

/**
 * Traces requests and statements, and sends them by OTLP over HTTP to where OTEL_EXPORTER_OTLP_ENDPOINT says. Endpoint, headers,
 * sampler, batch sizes, service name and resource come from OpenTelemetry's own variables.
 *
 * @returns sends what is left and stops
 */
export function startTracing(): () => Promise<void> {
  if (!shared.superstreamTracing) {
    shared.superstreamTracing = newSdk();
    shared.superstreamTracing.start();
    patchWhatIsLoaded();
    listenToRoutes(nameSpan);
  }
  const sdk = shared.superstreamTracing;
  return () => sdk.shutdown().catch(() => undefined); // A collector that is away holds up nothing.
}

function newSdk(): NodeSDK {
  const probes = new Set(["/api/health", "/api/ready", "/metrics"]);
  return new NodeSDK({
    ...(process.env.OTEL_SERVICE_NAME ? {} : { serviceName: "superstream" }),
    // Only what the environment says: the other detectors tell command lines and host names.
    resourceDetectors: [resources.envDetector],
    spanProcessors: [new tracing.BatchSpanProcessor(redacting(new OTLPTraceExporter()))],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = "" }) => probes.has(url.split("?", 1)[0] ?? ""),
      }),
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
}

/**
 * The instrumentations act when a module is required. Ours have been imported long before; what they change are prototypes, so
 * that requiring the same modules again is enough, and no loader hook is needed.
 */
function patchWhatIsLoaded(): void {
  const require = createRequire(import.meta.url);
  for (const name of ["http", "https", "pg"]) require(name);
  syncBuiltinESMExports();
}

/** The span of the request under way gets the template of its route: its path names people and streams. */
function nameSpan(endpoint: string, method: string): void {
  const span = api.trace.getActiveSpan();
  span?.setAttribute("http.route", endpoint);
  span?.updateName(`${method} ${endpoint}`);
}
