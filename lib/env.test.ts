import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { EnvError, parseEnv, SETTING_NAMES } from "./env";

const KEY = "0123456789abcdef0123456789abcdef";
const DATABASE_URL = "postgresql://someone@db.example:5432/superstream";
const silent = () => {};

describe("parseEnv", () => {
  test("given nothing, it runs a devnet on localhost", () => {
    const { SECRET_KEY, ...rest } = parseEnv({}, silent);
    expect(SECRET_KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(rest).toEqual({
      NODE_ENV: "development",
      PORT: 3000,
      HOST: "127.0.0.1",
      DATA_DIR: ".data",
      DATABASE_POOL: 10,
      ORIGIN: "http://localhost:3000",
      NETWORK: "devnet",
      CHAIN_ID: 31337,
      CHAIN: "on",
      CHAIN_PORT: 8545,
      GAS_BUDGET_DAILY: "1",
      MAX_FEE_GWEI: 500,
      UPSTREAM_ALLOW: [],
      DEMO_PROVIDERS: "on",
      DEMO_PORTS: [4101, 4102, 4103],
      SWEEP_INTERVAL_MS: 1000,
      SETTLE_INTERVAL_MS: 86400000,
      PROBE_INTERVAL_MS: 60000,
      DRAIN_DELAY_MS: 0,
      DENIED_RETENTION_DAYS: 7,
      ERC6492_FACTORIES: [],
      LOG_LEVEL: "info",
      TRUSTED_PROXIES: 0,
    });
  });

  test.each([
    { name: "PORT", value: "abc" },
    { name: "PORT", value: "0" },
    { name: "PORT", value: "65536" },
    { name: "PORT", value: "80.5" },
    { name: "DATABASE_URL", value: "mysql://db.example/x" },
    { name: "DATABASE_URL", value: "db.example" },
    { name: "DATABASE_POOL", value: "0" },
    { name: "ORIGIN", value: "https://superstream.example/" },
    { name: "ORIGIN", value: "https://superstream.example/app" },
    { name: "ORIGIN", value: "market.example" },
    { name: "NETWORK", value: "testnet" },
    { name: "CHAIN_ID", value: "-1" },
    { name: "CHAIN", value: "yes" },
    { name: "CHAIN_PORT", value: "0" },
    { name: "COIN_DOLLARS", value: "-1" },
    { name: "RPC_URL", value: "my-node.test" },
    { name: "RPC_URL_2", value: "ws://node.example" },
    { name: "PUBLIC_RPC_URL", value: "my-node.test" },
    { name: "STREAM_PAY_ADDRESS", value: "0x1234" },
    { name: "COMPUTE_REGISTRY_ADDRESS", value: "registry.eth" },
    { name: "SESSION_OPERATOR_ADDRESS", value: "00" },
    { name: "CONFIRMATIONS", value: "0" },
    { name: "START_BLOCK", value: "-1" },
    { name: "SECRET_KEY", value: "too short" },
    { name: "SECRET_KEY_PREVIOUS", value: "too short" },
    { name: "ADMIN_TOKEN", value: "short" },
    { name: "CRON_SECRET", value: "short" },
    { name: "UPSTREAM_ALLOW", value: "127.0.0.1:4101,127.0.0.1" },
    { name: "UPSTREAM_ALLOW", value: "http://127.0.0.1:4101" },
    { name: "DEMO_PROVIDERS", value: "yes" },
    { name: "DEMO_PORTS", value: "4101,4102" },
    { name: "DEMO_PORTS", value: "4101,4102,x" },
    { name: "SWEEP_INTERVAL_MS", value: "-1" },
    { name: "SETTLE_INTERVAL_MS", value: "2592000001" },
    { name: "PROBE_INTERVAL_MS", value: "300001" },
    { name: "LOG_LEVEL", value: "loud" },
    { name: "TRUSTED_PROXIES", value: "some" },
  ])("given $name=$value, it refuses in one line that names it and does not repeat it", ({ name, value }) => {
    const refusal = refusalOf({ [name]: value });
    expect(refusal.split("\n")).toHaveLength(1);
    expect(refusal).toMatch(new RegExp(`^${name}: `));
    if (value.length > 5) expect(refusal).not.toContain(value);
  });

  test.each([
    ["PORT", "abc", "PORT: must be a whole number from 1 to 65535"],
    ["DATABASE_POOL", "2.5", "DATABASE_POOL: must be a whole number from 1 to 200"],
    ["TRUSTED_PROXIES", "1e9", "TRUSTED_PROXIES: must be a whole number from 0 to 16"],
    ["SWEEP_INTERVAL_MS", " ", "SWEEP_INTERVAL_MS: must be a whole number from 0 to 3600000"],
  ])("given %s=%s, it says what it must be", (name, value, line) => {
    expect(refusalOf({ [name]: value })).toBe(line);
  });

  test("given several wrong values, it names each on its own line", () => {
    const lines = refusalOf({ PORT: "x", NETWORK: "y", LOG_LEVEL: "z" }).split("\n");
    expect(lines.map((line) => line.split(":")[0])).toEqual(["PORT", "NETWORK", "LOG_LEVEL"]);
  });

  test("given empty values, as in a copied example file, it takes the defaults", () => {
    expect(parseEnv({ PORT: "", DATABASE_URL: "", SECRET_KEY: "" }, silent)).toMatchObject({ PORT: 3000 });
  });

  test("given lists, it splits them at commas", () => {
    const parsed = parseEnv({ UPSTREAM_ALLOW: "127.0.0.1:4101, [::1]:9", DEMO_PORTS: "1,2,3" }, silent);
    expect(parsed.UPSTREAM_ALLOW).toEqual(["127.0.0.1:4101", "[::1]:9"]);
    expect(parsed.DEMO_PORTS).toEqual([1, 2, 3]);
  });

  test("given an own database in production, a missing SECRET_KEY stops it", () => {
    expect(refusalOf({ DATABASE_URL, NODE_ENV: "production" })).toMatch(/^SECRET_KEY: is missing/);
    expect(parseEnv({ DATABASE_URL, NODE_ENV: "production", SECRET_KEY: KEY }, silent).SECRET_KEY).toBe(KEY);
  });

  test("given an own database in production, the build needs no SECRET_KEY", () => {
    const build = { DATABASE_URL, NODE_ENV: "production", NEXT_PHASE: "phase-production-build" };
    expect(() => parseEnv(build, silent)).not.toThrow();
  });

  test("given an own database in development, a missing SECRET_KEY is replaced with a warning", () => {
    const warn = vi.fn();
    const first = parseEnv({ DATABASE_URL }, warn).SECRET_KEY;
    expect(parseEnv({ DATABASE_URL, NODE_ENV: "test" }, warn).SECRET_KEY).toBe(first);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  test("given Vercel, the origin is the project's own domain, and ORIGIN wins over it", () => {
    const vercel = { VERCEL_URL: "a-1.vercel.app", VERCEL_PROJECT_PRODUCTION_URL: "superstream.example" };
    expect(parseEnv(vercel, silent).ORIGIN).toBe("https://superstream.example");
    expect(parseEnv({ ...vercel, ORIGIN: "https://other.example" }, silent).ORIGIN).toBe(
      "https://other.example",
    );
  });
});

test("the example file has each setting, and its values are accepted", () => {
  const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
  const lines = [...example.matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const settings = SETTING_NAMES.filter((name) => name !== "NODE_ENV"); // Set by the programs, not by people.
  expect(lines.map(([name]) => name).sort()).toEqual(settings.sort());
  const { SECRET_KEY: _, ...parsed } = parseEnv(Object.fromEntries(lines), silent);
  const { SECRET_KEY: __, ...defaults } = parseEnv({}, silent);
  expect(parsed).toEqual(defaults);
});

function refusalOf(source: Record<string, string>): string {
  try {
    parseEnv(source, silent);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  throw new Error("It was accepted.");
}
