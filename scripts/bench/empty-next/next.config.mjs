import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} An application with one empty route, and nothing else: no proxy, no headers. */
const config = {
  poweredByHeader: false,
  turbopack: { root: fileURLToPath(new URL("../../..", import.meta.url)) },
};

export default config;
