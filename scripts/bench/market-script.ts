import { chromium, type Page } from "@playwright/test";
import { findChromium } from "../find-chromium.mjs";
import { Refusal } from "../report.mjs";
import type { BenchResult } from "./bench-result";
import { withBenchSite } from "./with-bench-site";

const LIMIT_KB = 250;
/** After the network fell silent: what a page fetches late counts, too. */
const LATE_MS = 2_000;

/**
 * JavaScript of the market's first load, in a browser with an empty cache, as it came over the wire: compressed, headers and all, until
 * the network is silent and nothing was clicked.
 */
export async function measureMarketScript(): Promise<BenchResult[]> {
  const executablePath = findChromium();
  if (!executablePath) throw new Refusal("There is no Chromium: install it, or set CHROMIUM_PATH.");
  const root = process.getuid?.() === 0;
  const args = [...(root ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-dev-shm-usage"];
  return withBenchSite(async (baseUrl) => {
    const browser = await chromium.launch({ executablePath, args });
    try {
      return [toResult(await loadScripts(await browser.newPage(), `${baseUrl}/`))];
    } finally {
      await browser.close();
    }
  });
}

type Script = {
  path: string;
  wireBytes: number;
  /** How it was compressed; null when it came as it is. */
  encoding: string | null;
};

async function loadScripts(page: Page, url: string): Promise<Script[]> {
  const cdp = await page.context().newCDPSession(page);
  const waiting = new Map<string, Omit<Script, "wireBytes">>();
  const scripts: Script[] = [];
  cdp.on("Network.responseReceived", ({ requestId, response, type }) => {
    if (type !== "Script" && !/javascript/.test(response.mimeType)) return;
    const headers = new Headers(response.headers as Record<string, string>);
    const encoding = headers.get("content-encoding");
    waiting.set(requestId, { path: new URL(response.url).pathname, encoding });
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const script = waiting.get(requestId);
    if (script) scripts.push({ ...script, wireBytes: encodedDataLength });
  });
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  const response = await page.goto(url, { waitUntil: "networkidle" });
  if (response?.status() !== 200) throw new Error(`The market page answered ${response?.status()}.`);
  await page.waitForTimeout(LATE_MS);
  return scripts;
}

function toResult(scripts: readonly Script[]): BenchResult {
  const kb = (bytes: number) => bytes / 1000;
  const total = kb(scripts.reduce((sum, { wireBytes }) => sum + wireBytes, 0));
  const largest = [...scripts].sort((a, b) => b.wireBytes - a.wireBytes).slice(0, 3);
  const encodings = new Set(scripts.flatMap(({ encoding }) => encoding ?? []));
  const share = scripts.every(({ encoding }) => encoding) ? "all" : "not all";
  return {
    name: "js/market",
    value: total,
    unit: "kB",
    baseline: null,
    ratio: null,
    p50Ms: null,
    p99Ms: null,
    targets: [
      {
        text: `at most ${LIMIT_KB} kB of compressed JavaScript before a wallet is asked for`,
        met: total <= LIMIT_KB,
      },
    ],
    notes: [
      `${scripts.length} files, ${share} of them compressed (${[...encodings].join(", ") || "none"}). Counted by Chromium on the wire, with an empty cache. The largest: ${largest
        .map(({ wireBytes }) => `${kb(wireBytes).toFixed(0)} kB`)
        .join(", ")}.`,
    ],
    faults: scripts.length === 0 ? ["no script was loaded: the page cannot be whole"] : [],
  };
}
