import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/find-chromium.mjs";
import { freePort } from "./scripts/free-port.mjs";

// Chosen once: Playwright reads this file again in each worker, which inherits the environment.
process.env.E2E_PORTS ??= (await Promise.all(Array.from({ length: 5 }, () => freePort()))).join(",");
process.env.CHROMIUM_PATH ??= findChromium() ?? "";
const [port = "", chainPort = "", ...demoPorts] = process.env.E2E_PORTS.split(",");
const origin = `http://localhost:${port}`;
const inCi = Boolean(process.env.CI);

/** Drives the built site, on an empty database that is gone afterwards. */
export default defineConfig({
  testDir: "e2e",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 1, // The server, its database and the browser share two cores.
  forbidOnly: inCi,
  retries: inCi ? 1 : 0,
  reporter: "list",
  use: {
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "UTC",
    trace: inCi ? "on-first-retry" : "retain-on-failure",
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      // Chromium's own sandbox refuses root, and containers have a small /dev/shm.
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-dev-shm-usage",
      ],
    },
  },
  webServer: {
    command: "node scripts/start.mjs --throw-away",
    env: {
      PORT: port,
      ORIGIN: origin,
      HOST: "127.0.0.1",
      CHAIN_PORT: chainPort,
      DEMO_PORTS: demoPorts.join(","),
      DEMO_PROVIDERS: "on",
    },
    wait: { stdout: /Superstream runs at/ },
    timeout: 240_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
    stdout: "pipe",
    stderr: "pipe",
  },
});
