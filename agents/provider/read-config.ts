import { type LocalAccount, privateKeyToAccount } from "viem/accounts";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { SERVICE_KINDS, type ServiceKind } from "./service-kinds";

export type ProviderConfig = {
  /** The marketplace, without a slash at its end. */
  site: string;
  /** Owns the listing and receives what streams pay. */
  account: LocalAccount;
  /** Base of an OpenAI-compatible API, with its `/v1` where it has one; no slash at its end. */
  inferenceUrl: string;
  inferenceKey: string | null;
  /** The one model that is priced, listed and served. */
  model: string;
  /** What the inference server calls it. */
  upstreamModel: string;
  kinds: readonly ServiceKind[];
  /** Base units of the ledger's dollar a second. */
  pricePerSecond: bigint;
  host: string;
  port: number;
  /** Where the marketplace reaches this program. */
  endpoint: string;
  /** Null: what an earlier registration had, else made from the model and the wallet. */
  providerId: string | null;
  name: string | null;
  /** Seconds of flow that a stream locks at least. */
  depositSeconds: number;
  maxRequestsPerHour: number;
  /** Answers at once, of everybody and of one stream. */
  maxConcurrency: number;
  maxPerStream: number;
  /** Base units that are collected when they have come together; null: never by this program. */
  collectAt: bigint | null;
  collectEverySeconds: number;
  /** Longest pause of an answer whose stream is spent. */
  topUpSeconds: number;
  /** How long the model may take to begin an answer, and a whole answer in all. */
  answerSeconds: number;
  /** How long answers under way may take once the program was told to stop. */
  drainSeconds: number;
};

/** Settings that do not hold, one line each. Values are never repeated: one may be a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Source = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of one provider. An empty value counts as absent.
 *
 * @throws ConfigError with one line per wrong value
 */
export function readConfig(source: Source): ProviderConfig {
  const wrong: string[] = [];
  const text = (name: string) => source[name]?.trim() || null;
  const read = <T>(
    name: string,
    value: string | null,
    parse: (text: string) => T | null,
    what: string,
  ): T => {
    const parsed = value === null ? null : parse(value);
    if (parsed === null) wrong.push(`${name} ${value === null ? "is missing: give" : "must be"} ${what}.`);
    return parsed as T; // Never returned when something is wrong.
  };
  const count = (name: string, fallback: number, max: number, min = 1) =>
    read(name, text(name) ?? String(fallback), wholeNumber(min, max), `a whole number from ${min} to ${max}`);

  const port = count("PORT", 3001, 65_535, 0);
  const model = read(
    "MODEL_NAME",
    text("MODEL_NAME") ?? "llama-3.3-70b-versatile",
    shortText,
    "1 to 100 characters",
  );
  const key = read(
    "PROVIDER_KEY",
    text("PROVIDER_KEY"),
    privateKey,
    "a private key: 0x and 64 hexadecimal digits",
  );
  const config: Omit<ProviderConfig, "account"> = {
    site: read(
      "SUPERSTREAM_URL",
      text("SUPERSTREAM_URL") ?? "http://localhost:3000",
      httpUrl,
      "an http(s) address",
    ),
    inferenceUrl: read(
      "INFERENCE_URL",
      text("INFERENCE_URL"),
      httpUrl,
      "the base of an OpenAI-compatible API, such as http://localhost:11434/v1",
    ),
    inferenceKey: text("INFERENCE_KEY"),
    model,
    upstreamModel: read("UPSTREAM_MODEL", text("UPSTREAM_MODEL") ?? model, shortText, "1 to 100 characters"),
    kinds: read(
      "SERVICE_KINDS",
      text("SERVICE_KINDS") ?? "text",
      kindsOf,
      `a list of ${SERVICE_KINDS.join(", ")}`,
    ),
    pricePerSecond: read(
      "PRICE_PER_SECOND",
      text("PRICE_PER_SECOND") ?? "0.0001",
      dollars,
      `${LEDGER_ASSET.symbol} a second, above 0 and at most 1000, such as 0.0001`,
    ),
    host: text("HOST") ?? "127.0.0.1",
    port,
    endpoint: read(
      "ENDPOINT_URL",
      text("ENDPOINT_URL") ?? `http://127.0.0.1:${port}`,
      httpUrl,
      "an http(s) address",
    ),
    providerId: text("PROVIDER_ID"),
    name: text("PROVIDER_NAME"),
    depositSeconds: count("DEPOSIT_SECONDS", 60, 2_592_000, 60),
    maxRequestsPerHour: count("MAX_REQUESTS_PER_HOUR", 600, 1_000_000),
    maxConcurrency: count("MAX_CONCURRENCY", 16, 1_000),
    maxPerStream: count("MAX_PER_STREAM", 2, 1_000),
    collectAt:
      text("COLLECT_AT") === "off"
        ? null
        : read(
            "COLLECT_AT",
            text("COLLECT_AT") ?? "1",
            dollars,
            `an amount of ${LEDGER_ASSET.symbol}, or off`,
          ),
    collectEverySeconds: count("COLLECT_EVERY_SECONDS", 60, 86_400),
    topUpSeconds: count("TOP_UP_SECONDS", 60, 60, 0),
    answerSeconds: count("ANSWER_SECONDS", 120, 3_600),
    drainSeconds: count("DRAIN_SECONDS", 30, 3_600, 0),
  };
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  return { ...config, account: privateKeyToAccount(key) };
}

function wholeNumber(min: number, max: number) {
  return (text: string) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : null;
  };
}

function httpUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, search, hash, username } = new URL(text);
  return /^https?:$/.test(protocol) && !search && !hash && !username ? text.replace(/\/+$/, "") : null;
}

function shortText(text: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  return text.length <= 100 && !/[\0-\x1f\x7f]/.test(text) ? text : null;
}

function privateKey(text: string): `0x${string}` | null {
  return /^0x[0-9a-fA-F]{64}$/.test(text) ? (text as `0x${string}`) : null;
}

/** A decimal of at most 18 places, exactly. */
function dollars(text: string): bigint | null {
  const [, whole, places = ""] = /^(\d{1,4})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const amount = BigInt(whole + places.padEnd(LEDGER_ASSET.decimals, "0"));
  return amount > 0n && amount <= 1_000n * 10n ** BigInt(LEDGER_ASSET.decimals) ? amount : null;
}

function kindsOf(text: string): ServiceKind[] | null {
  const asked = [...new Set(text.split(",").map((kind) => kind.trim()))];
  const known = asked.filter((kind): kind is ServiceKind =>
    (SERVICE_KINDS as readonly string[]).includes(kind),
  );
  return known.length === asked.length ? known : null;
}
