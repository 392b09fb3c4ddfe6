import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { Refusal } from "./report.mjs";
import { run } from "./set-up.mjs";

/** Where systems put it. CHROMIUM_PATH comes first. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @returns {string | null} a Chromium that runs: the system's, else the one that Playwright fetched */
export function findChromium() {
  const { chromium } = createRequire(import.meta.url)("@playwright/test");
  return [process.env.CHROMIUM_PATH, ...PLACES, chromium.executablePath()].find(runs) ?? null;
}

/** A file can be there and lack libraries. On Windows the program would open a window. @param {string | undefined} path */
function runs(path) {
  if (!path || !existsSync(path)) return false;
  return (
    process.platform === "win32" ||
    spawnSync(path, ["--version"], { stdio: "ignore", timeout: 30_000 }).status === 0
  );
}

/**
 * Finds a Chromium, or installs one.
 * @returns {Promise<string>} its path @throws Refusal when neither works
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const attempts = [
    () => run(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"]),
    () => installWithApt(),
  ];
  const failures = [];
  for (const attempt of attempts) {
    await attempt().catch((error) => failures.push(error.message));
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Refusal(
    `The end-to-end tests need Chromium, and none was found or could be installed. Install it, or set CHROMIUM_PATH.\n${failures.join("\n")}`,
  );
}

async function installWithApt() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new Refusal("Not root on Debian: no apt-get.");
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], environment);
  await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], environment);
}
