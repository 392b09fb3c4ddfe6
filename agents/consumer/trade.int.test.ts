/** A consumer and a provider that trade without a human: three processes, and the money of both. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the books are looked at as a whole.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { pool } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { type RealServer, realServer } from "@/lib/testing/real-server";
import { runProgram } from "@/lib/testing/run-program";
import { freePort } from "../../scripts/free-port.mjs";
import { signIn } from "../client/site-api";
import { type StartedProvider, startProvider } from "../provider/testing/start-provider";
import { type TestInference, testInferenceServer } from "../provider/testing/test-inference-server";

const USD = 10n ** 18n;

let inference: TestInference;
let server: RealServer;
let provider: StartedProvider;
let state = "";

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), "superstream-trade-"));
  const port = await freePort();
  inference = await testInferenceServer({ key: "inference-key" });
  server = await realServer({ UPSTREAM_ALLOW: `127.0.0.1:${port}` });
  provider = await startProvider({
    ...{ SUPERSTREAM_URL: server.url, PROVIDER_KEY: generatePrivateKey(), PORT: String(port) },
    ...{ INFERENCE_URL: inference.url, INFERENCE_KEY: "inference-key", MODEL_NAME: "reverser-1b" },
  });
}, 120_000);
afterAll(async () => {
  await provider?.stop();
  await server?.stop();
  inference?.close();
  rmSync(state, { recursive: true, force: true });
}, 60_000);

test.each([
  { service: "its own choice", more: [] },
  { service: "chat", more: ["--service", "chat"] },
])(
  "a prompt is answered by the model ($service), paid by the second, and the rest comes back",
  async ({ more }) => {
    const key = generatePrivateKey();
    const api = await signIn(server.url, privateKeyToAccount(key));
    const { code, output } = await runProgram(
      "agents/consumer/main.ts",
      [
        "one two three",
        "--url",
        server.url,
        "--model",
        "reverser-1b",
        "--max-price",
        "0.0001",
        "--faucet",
        "--state",
        state,
        ...more,
      ],
      { AGENT_KEY: key },
    );
    expect(output).toContain("three two one");
    expect(output).toMatch(/on ledger: served in \d+\.\d s, paid 0\.\d{9} USDCx, refunded 0\.\d{9} USDCx/);
    expect(code).toBe(0);
    const { rows } = await pool().query<{ funded: string; billed: string; refunded: string; status: string }>(
      "select funded, billed, refunded, status from stream where sender = $1",
      [privateKeyToAccount(key).address.toLowerCase()],
    );
    // A minute at 0.0001 a second was locked.
    expect(rows).toMatchObject([{ funded: "6000000000000000", status: "settled" }]);
    const [{ billed, refunded } = { billed: "0", refunded: "0" }] = rows;
    expect(BigInt(billed) + BigInt(refunded)).toBe(6_000_000_000_000_000n);
    expect(BigInt(String((await api.get("/api/v1/wallet")).balance))).toBe(10n * USD - BigInt(billed));
    expect(await runInvariants(pool())).toEqual([]);
  },
  120_000,
);
