import { describe, expect, test } from "vitest";
import { readOptions } from "./read-options";

const KEY = `0x${"ab".repeat(32)}`;
const read = (...args: string[]) => readOptions(args, { AGENT_KEY: KEY });

test("a prompt alone is enough: a minute at 0.0001 a second, 1 dollar at most, on the ledger", () => {
  expect(read("What is a stream?")).toEqual({
    site: "http://localhost:3000",
    key: KEY,
    prompt: "What is a stream?",
    input: null,
    rail: "ledger",
    network: "devnet",
    rpc: "http://127.0.0.1:8545",
    faucet: false,
    json: false,
    state: null,
    mandate: {
      wanted: { capability: "text-generation" },
      maxRatePerDay: 8_640_000_000_000_000_000n,
      budget: 1_000_000_000_000_000_000n,
      sessionMs: 60_000,
    },
  });
});

test("limits are read exactly, and a path behind the site's address is cut off", () => {
  const options = read(
    "x",
    "--model",
    "m",
    "--budget",
    "0.000000000000000001",
    "--max-latency",
    "250",
    "--url",
    "https://a.example/x",
  );
  expect(options).toMatchObject({
    site: "https://a.example",
    mandate: { wanted: { model: "m" }, budget: 1n, maxLatencyMs: 250 },
  });
});

describe.each([
  { args: [], says: "Give a prompt" },
  { args: ["two", "words"], says: "Put the prompt in quotes" },
  { args: ["x", "--input", "{}"], says: "Give a prompt" },
  { args: ["--input", "{}"], says: "--service" },
  { args: ["--input", "{", "--service", "s"], says: "--input is JSON" },
  { args: ["x", "--model", "m", "--capability", "c"], says: "--capability or --model" },
  { args: ["x", "--rail", "paypal"], says: "no rail paypal" },
  { args: ["x", "--budget", "1e3"], says: "--budget: Write an amount" },
  { args: ["x", "--budget", "-1"], says: "'--budget" },
  { args: ["x", "--max-price", "0.1234567890123456789"], says: "--max-price: At most 18 digits" },
  { args: ["x", "--seconds", "0"], says: "--seconds is a whole number" },
  { args: ["x", "--url", "ftp://a"], says: "--url" },
  { args: ["x", "--stream-pay", "0x12"], says: "--stream-pay is an address" },
  { args: ["x", "--colour"], says: "--colour" },
])("given $args", ({ args, says }) => {
  test("it is refused with what is wrong", () => {
    expect(read(...args)).toEqual(expect.stringContaining(says));
  });
});

test("without a key nothing is done, and a wrong one is not repeated", () => {
  expect(readOptions(["x"], {})).toContain("AGENT_KEY is not set");
  const wrong = readOptions(["x"], { AGENT_KEY: "0xsecret" });
  expect(wrong).toContain("AGENT_KEY is not set, or no private key");
  expect(wrong).not.toContain("secret");
});
