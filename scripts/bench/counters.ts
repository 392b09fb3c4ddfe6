import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from "@playwright/test";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { findChromium } from "../find-chromium.mjs";
import { Refusal } from "../report.mjs";

const COUNTERS = 1_000;
const SETTLE_MS = 2_000;
const MEASURE_MS = 8_000;
/** The wall of streams shows all of them on a screen of this size. */
const SCREEN = { width: 1_440, height: 1_900 };
/** A frame that took longer than this was not one of 60 in a second. */
const LATE_FRAME_MS = 25;
/** Streams that are opened at once. */
const AT_ONCE = 8;

export type CounterFigures = {
  /** Counters that were on screen. */
  counters: number;
  /** Of them, those whose text changed while it was measured. */
  moved: number;
  framesPerSecond: number;
  p50FrameMs: number;
  p99FrameMs: number;
  /** Frames that came later than 25 ms after the one before, of all. */
  lateFrames: number;
  frames: number;
  /** Shares of the measured time that the page's main thread worked, and ran scripts: 0 … 1. */
  mainThreadShare: number;
  scriptShare: number;
};

/**
 * How smoothly 1,000 counters move: an account of its own opens as many streams over the API, the wall of streams shows them
 * all in a real browser, and `requestAnimationFrame` tells when frames come.
 *
 * @param baseUrl a devnet site with its faucet and the provider
 * @param providerId whose basic tier costs so little that the faucet's daily play money pays for 1,000 deposits
 */
export async function measureCounters(baseUrl: string, providerId = "dnai"): Promise<CounterFigures> {
  const executablePath = findChromium();
  if (!executablePath) throw new Refusal("There is no Chromium: install it, or set CHROMIUM_PATH.");
  const root = process.getuid?.() === 0;
  const args = [...(root ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const context = await signedIn(browser, baseUrl);
    await openStreams(context, baseUrl, providerId);
    const page = await context.newPage();
    // The loader of TypeScript marks functions by this name, also those that run in the page.
    await page.addInitScript("globalThis.__name = (marked) => marked");
    await page.goto(`${baseUrl}/streams/wall`);
    const counters = page.getByRole("list", { name: "Running streams" }).locator("output");
    await counters.nth(COUNTERS - 1).waitFor();
    await page.waitForTimeout(SETTLE_MS);
    return await measure(page, await context.newCDPSession(page));
  } finally {
    await browser.close();
  }
}

async function signedIn(browser: Browser, baseUrl: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: SCREEN });
  const account = privateKeyToAccount(generatePrivateKey());
  const { message } = await post(context, baseUrl, "/api/v1/auth/nonce", { address: account.address });
  const signature = await account.signMessage({ message: String(message) });
  await post(context, baseUrl, "/api/v1/auth/session", { message, signature });
  await post(context, baseUrl, "/api/v1/wallet/faucet", { amount: String(500n * 10n ** 18n) });
  return context;
}

async function openStreams(context: BrowserContext, baseUrl: string, providerId: string): Promise<void> {
  let left = COUNTERS;
  const open = async () => {
    while (left > 0) {
      left -= 1;
      await post(context, baseUrl, "/api/v1/streams", { providerId, tier: "basic" });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));
}

async function post(
  context: BrowserContext,
  baseUrl: string,
  path: string,
  data: unknown,
): Promise<Record<string, unknown>> {
  const response = await context.request.post(`${baseUrl}${path}`, {
    data,
    headers: { Origin: baseUrl, "Idempotency-Key": crypto.randomUUID() },
  });
  if (!response.ok()) throw new Error(`${path} answered ${response.status()}: ${await response.text()}`);
  return response.json();
}

async function measure(page: Page, cdp: CDPSession): Promise<CounterFigures> {
  await cdp.send("Performance.enable");
  const before = await timesOf(cdp);
  const { gaps, visible, moved } = await page.evaluate(watch, MEASURE_MS);
  const after = await timesOf(cdp);
  const wall = after.Timestamp - before.Timestamp;
  const sorted = [...gaps].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const lasted = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    counters: visible,
    moved,
    framesPerSecond: (gaps.length / lasted) * 1_000,
    p50FrameMs: at(0.5),
    p99FrameMs: at(0.99),
    lateFrames: gaps.filter((gap) => gap > LATE_FRAME_MS).length,
    frames: gaps.length,
    mainThreadShare: (after.TaskDuration - before.TaskDuration) / wall,
    scriptShare: (after.ScriptDuration - before.ScriptDuration) / wall,
  };
}

/** Runs in the page: the gaps between frames, the counters on screen, and those that changed. */
function watch(lastsMs: number): Promise<{ gaps: number[]; visible: number; moved: number }> {
  const outputs = [...document.querySelectorAll("output")];
  const onScreen = outputs.filter((output) => {
    const { top, bottom } = output.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
  const texts = onScreen.map((output) => output.textContent);
  return new Promise((resolve) => {
    const gaps: number[] = [];
    let last = 0;
    let begin = 0;
    requestAnimationFrame(function frame(at) {
      if (begin === 0) begin = at;
      else gaps.push(at - last);
      last = at;
      if (at - begin < lastsMs) {
        requestAnimationFrame(frame);
        return;
      }
      const moved = onScreen.filter((output, index) => output.textContent !== texts[index]).length;
      resolve({ gaps, visible: onScreen.length, moved });
    });
  });
}

type Times = Record<"Timestamp" | "TaskDuration" | "ScriptDuration", number>;

async function timesOf(cdp: CDPSession): Promise<Times> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const named = new Map(metrics.map(({ name, value }) => [name, value]));
  const value = (name: keyof Times) => named.get(name) ?? 0;
  return {
    Timestamp: value("Timestamp"),
    TaskDuration: value("TaskDuration"),
    ScriptDuration: value("ScriptDuration"),
  };
}
