/** Whether the environment names a place for traces, by OpenTelemetry's own variables, and does not switch it off. */
export function tracingWanted(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = environment;
  if (!OTEL_EXPORTER_OTLP_ENDPOINT && !OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return false;
  const off = environment.OTEL_SDK_DISABLED?.toLowerCase() === "true";
  return !off && environment.OTEL_TRACES_EXPORTER !== "none";
}
