import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./read-config";

const KEY = `0x${"11".repeat(32)}`;
const least = { INFERENCE_URL: "http://localhost:11434/v1/", PROVIDER_KEY: KEY };

test("with the two settings that are needed, the rest is as documented", () => {
  const { account, ...config } = readConfig(least);
  expect(account.address).toBe("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"); // cast wallet address 0x1111…
  expect(config).toEqual({
    site: "http://localhost:3000",
    inferenceUrl: "http://localhost:11434/v1",
    inferenceKey: null,
    model: "llama-3.3-70b-versatile",
    upstreamModel: "llama-3.3-70b-versatile",
    kinds: ["text"],
    pricePerSecond: 100_000_000_000_000n,
    host: "127.0.0.1",
    port: 3001,
    endpoint: "http://127.0.0.1:3001",
    providerId: null,
    name: null,
    depositSeconds: 60,
    maxRequestsPerHour: 600,
    maxConcurrency: 16,
    maxPerStream: 2,
    collectAt: 1_000_000_000_000_000_000n,
    collectEverySeconds: 60,
    topUpSeconds: 60,
    answerSeconds: 120,
    drainSeconds: 30,
  });
});

test.each([
  ["0.0001", 100_000_000_000_000n],
  ["1", 1_000_000_000_000_000_000n],
  ["0.000000000000000001", 1n],
  ["0.1234567890123456789", null],
  ["0", null],
  ["-1", null],
  ["1e-4", null],
  [".5", null],
  ["1001", null],
  ["free", null],
])("PRICE_PER_SECOND %s is %s base units", (PRICE_PER_SECOND, units) => {
  if (units === null)
    expect(() => readConfig({ ...least, PRICE_PER_SECOND })).toThrow("PRICE_PER_SECOND must be");
  else expect(readConfig({ ...least, PRICE_PER_SECOND }).pricePerSecond).toBe(units);
});

test("all that is wrong is said at once, and no value is repeated", () => {
  const wrong = {
    PROVIDER_KEY: "hunter2",
    PORT: "70000",
    ENDPOINT_URL: "ftp://x",
    SERVICE_KINDS: "text,video",
  };
  let thrown: unknown;
  try {
    readConfig(wrong);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  const { message } = thrown as ConfigError;
  expect(message.split("\n").map((line) => line.split(" ")[0])).toEqual(
    expect.arrayContaining(["PORT", "PROVIDER_KEY", "INFERENCE_URL", "SERVICE_KINDS", "ENDPOINT_URL"]),
  );
  expect(message).not.toContain("hunter2");
});

test("COLLECT_AT=off collects nothing", () => {
  expect(readConfig({ ...least, COLLECT_AT: "off" }).collectAt).toBeNull();
});
