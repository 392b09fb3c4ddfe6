import "server-only";
import { randomBytes } from "node:crypto";
import { z } from "zod";

/** Stands in for a missing SECRET_KEY outside production only. Public, so it protects nothing. */
const DEVELOPMENT_KEY = "superstream-development-only-key-that-protects-nothing";

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.number({ error }).int(error).min(min, error).max(max, error);
};
const count = (min: number, max: number) =>
  z
    .string()
    .transform((text) => (text.trim() === "" ? Number.NaN : Number(text)))
    .pipe(whole(min, max));
const portNumber = whole(1, 65_535);
const port = count(1, 65_535);
const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= 32,
    "must be at least 32 bytes long: try `openssl rand -hex 32`",
  );
const list = z.string().transform((value) =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean),
);
const origin = z
  .url({ protocol: /^https?$/, error: "must be an origin such as https://superstream.example" })
  .refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    "must be a bare origin: no path, no trailing slash",
  );
const nodeUrl = z.url({
  protocol: /^https?$/,
  error: "must be the address of a node, such as https://node.example/key",
});
const contractAddress = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be the address of a contract: 0x and 40 hexadecimal digits");
const privateKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "must be a private key: 0x and 64 hexadecimal digits")
  .transform((key) => key as `0x${string}`);
const dollars = z.string().regex(/^\d{1,9}(\.\d{1,18})?$/, "must be an amount of dollars, such as 2500.5");
const coins = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,18})?$/, "must be an amount of the chain's coin, such as 0.5");
const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: "must be a PostgreSQL address: postgresql://user:password@host:5432/database",
});

const schema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
  PORT: port.default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  DATA_DIR: z.string().min(1).default(".data"),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL: count(1, 200).default(10),
  ORIGIN: origin.optional(),
  NETWORK: z.enum(["devnet", "mainnet"]).default("devnet"),
  CHAIN_ID: count(1, Number.MAX_SAFE_INTEGER).default(31_337),
  CHAIN: z.enum(["on", "off"]).default("on"),
  CHAIN_PORT: port.default(8545),
  RPC_URL: nodeUrl.optional(),
  RPC_URL_2: nodeUrl.optional(),
  PUBLIC_RPC_URL: nodeUrl.optional(),
  STREAM_PAY_ADDRESS: contractAddress.optional(),
  COMPUTE_REGISTRY_ADDRESS: contractAddress.optional(),
  SESSION_OPERATOR_ADDRESS: contractAddress.optional(),
  ERC6492_FACTORIES: list
    .pipe(z.array(contractAddress))
    .transform((factories) => factories.map((factory) => factory.toLowerCase()))
    .default([]),
  COIN_DOLLARS: dollars.optional(),
  CONFIRMATIONS: count(1, 10_000).optional(),
  START_BLOCK: count(0, Number.MAX_SAFE_INTEGER).optional(),
  CHAIN_POLL_MS: count(0, 3_600_000).optional(),
  OPERATOR_KEY: privateKey.optional(),
  MAX_FEE_GWEI: count(1, 1_000_000).default(500),
  GAS_BUDGET_DAILY: coins.default("1"),
  SECRET_KEY: secret.optional(),
  SECRET_KEY_PREVIOUS: secret.optional(),
  ADMIN_TOKEN: z.string().min(16, "must be at least 16 characters long").optional(),
  CRON_SECRET: z.string().min(16, "must be at least 16 characters long").optional(),
  METRICS_TOKEN: z.string().min(16, "must be at least 16 characters long").optional(),
  UPSTREAM_ALLOW: list
    .pipe(
      z.array(
        z
          .string()
          .regex(/^[^\s:/@]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, "must be host:port, separated by commas"),
      ),
    )
    .default([]),
  DEMO_PROVIDERS: z.enum(["on", "off"]).default("on"),
  DEMO_PORTS: list
    .transform((ports) => ports.map(Number))
    .pipe(z.tuple([portNumber, portNumber, portNumber], "must be three port numbers, separated by commas"))
    .default([4101, 4102, 4103]),
  SWEEP_INTERVAL_MS: count(0, 3_600_000).default(1_000),
  SETTLE_INTERVAL_MS: count(0, 2_592_000_000).default(86_400_000),
  PROBE_INTERVAL_MS: count(0, 300_000).default(60_000),
  DRAIN_DELAY_MS: count(0, 60_000).default(0),
  DENIED_RETENTION_DAYS: count(1, 3_650).default(7),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  TRUSTED_PROXIES: count(0, 16).default(0),
});

/** Every setting, by name: each has its sentence in `.env.example`. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

type Parsed = z.infer<typeof schema>;
export type Env = Readonly<Omit<Parsed, "ORIGIN" | "SECRET_KEY"> & { ORIGIN: string; SECRET_KEY: string }>;

/** Settings that do not hold. The message has one line per wrong value, and names it. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

/**
 * Reads the settings. An empty value counts as absent, as in a copied `.env.example`.
 *
 * @throws EnvError with one line per wrong value. Values are never repeated: one may be a secret.
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>, warn = console.warn): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new EnvError(linePerValue(parsed.error.issues));

  const values = parsed.data;
  return Object.freeze({
    ...values,
    ORIGIN: values.ORIGIN ?? defaultOrigin(values, given),
    SECRET_KEY: values.SECRET_KEY ?? substituteKey(values, given, warn),
  });
}

/** The first complaint about each value: later ones follow from it. */
function linePerValue(issues: readonly z.core.$ZodIssue[]): string {
  const lines = new Map<PropertyKey | undefined, string>();
  for (const { path, message } of issues)
    if (!lines.has(path[0])) lines.set(path[0], `${String(path[0])}: ${message}`);
  return [...lines.values()].join("\n");
}

/** The address people see. On Vercel the platform says it; behind any other proxy ORIGIN must. */
function defaultOrigin({ PORT }: Parsed, given: Record<string, string | undefined>): string {
  const vercelHost = given.VERCEL_PROJECT_PRODUCTION_URL ?? given.VERCEL_URL;
  return vercelHost ? `https://${vercelHost}` : `http://localhost:${PORT}`;
}

/** Without a key: refused in production, replaced with a warning elsewhere, of no use without a database. */
function substituteKey(
  values: Parsed,
  given: Record<string, string | undefined>,
  warn: (line: string) => void,
): string {
  const building = given.NEXT_PHASE === "phase-production-build";
  if (!values.DATABASE_URL || building) return randomBytes(32).toString("hex");
  if (values.NODE_ENV === "production")
    throw new EnvError(
      "SECRET_KEY: is missing: production signs challenges and receipts with it (try `openssl rand -hex 32`)",
    );
  warn("SECRET_KEY is not set: challenges and receipts are signed with a public development key.");
  return DEVELOPMENT_KEY;
}

/** The settings of this process. A wrong value ends the import with an `EnvError`. */
export const env: Env = parseEnv(process.env);

/** False on a deployment that was given no database: pages and routes then say what to configure. */
export function databaseConfigured(): boolean {
  return env.DATABASE_URL !== undefined;
}
