import { parseArgs } from "node:util";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { parseAmount } from "@/lib/format";
import { type Mandate, ratePerDayOf } from "./mandate";
import type { RailName } from "./payment-rail";

export const HELP = `npm run agent:consumer -- "<prompt>" [options]

Buys one answer: finds who offers it, asks the cheapest that is well, pays by the second, closes the stream and says what it cost. When a provider
fails, the next one is asked, in the same budget. What a killed run has left open is closed by the next.

Whom to ask
  --url          of a Superstream (http://localhost:3000)
  --capability   what providers can do (text-generation), or
  --model        the exact model that they serve
  --service      the slug of their service, with --input '{…}' in place of a prompt
Limits, in dollars
  --max-price    for a second (0.0001)
  --budget       for everything together: no more can be gone (1)
  --max-latency  median milliseconds of a provider's answer to a probe
  --seconds      one provider may take (60); its deposit lasts as long, or as the provider asks
Paying
  --rail         ledger, superfluid or streampay (ledger)
  --network      of the table of chains (devnet)
  --rpc          of its node (http://127.0.0.1:8545)
  --stream-pay   address of StreamPay, outside the devnet
  --faucet       take 10 dollars of play money first (devnet)
Other
  --state        folder for what is open (~/.superstream/consumer)
  --json         the whole receipt, amounts in base units
  --help         this text

AGENT_KEY is the private key that pays: 0x and 64 hexadecimal digits.
Exit code 0 with an answer, 1 without, 2 for wrong arguments, 130 when interrupted.`;

export type Options = {
  site: string;
  key: `0x${string}`;
  mandate: Mandate;
  prompt: string | null;
  input: string | null;
  rail: RailName;
  network: string;
  rpc: string;
  streamPay?: `0x${string}`;
  faucet: boolean;
  state: string | null;
  json: boolean;
};

const RAILS: readonly string[] = ["ledger", "superfluid", "streampay"];
const WHOLE = /^[1-9]\d{0,8}$/;

/** @returns what is wrong, in words, or "help" */
export function readOptions(
  args: readonly string[],
  environment: Record<string, string | undefined>,
): Options | string {
  const read = parse(args);
  if (typeof read === "string") return read;
  const { values, positionals } = read;
  if (values.help) return "help";
  const [prompt = null, ...more] = positionals;
  if (more.length > 0) return "Put the prompt in quotes: it is one argument.";
  if ((prompt === null) === (values.input === undefined)) return "Give a prompt, or --service with --input.";
  if (values.input !== undefined && (!isJson(values.input) || values.service === undefined))
    return "--input is JSON, and for the service that --service names.";
  if (values.capability !== undefined && values.model !== undefined) return "Give --capability or --model.";
  if (!RAILS.includes(values.rail))
    return `There is no rail ${values.rail}: ledger, superfluid or streampay.`;
  const maxPrice = readAmount(values["max-price"]);
  const budget = readAmount(values.budget);
  if (typeof maxPrice === "string") return `--max-price: ${maxPrice}`;
  if (typeof budget === "string") return `--budget: ${budget}`;
  for (const name of ["seconds", "max-latency"] as const)
    if (values[name] !== undefined && !WHOLE.test(values[name]))
      return `--${name} is a whole number above 0.`;
  if (values["stream-pay"] !== undefined && !/^0x[0-9a-fA-F]{40}$/.test(values["stream-pay"]))
    return "--stream-pay is an address.";
  const site = originOf(values.url);
  if (site === null) return "--url is the address of a site, such as https://superstream.example.";
  const key = environment.AGENT_KEY ?? "";
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) return "AGENT_KEY is not set, or no private key.";

  return {
    ...{ site, key: key as `0x${string}`, prompt, input: values.input ?? null },
    ...{ rail: values.rail as RailName, network: values.network, rpc: values.rpc },
    ...{ faucet: values.faucet, json: values.json },
    ...(values["stream-pay"] ? { streamPay: values["stream-pay"] as `0x${string}` } : {}),
    state: values.state ?? environment.AGENT_STATE ?? null,
    mandate: {
      wanted:
        values.model === undefined
          ? { capability: values.capability ?? "text-generation" }
          : { model: values.model },
      ...(values.service === undefined ? {} : { service: values.service }),
      ...(values["max-latency"] === undefined ? {} : { maxLatencyMs: Number(values["max-latency"]) }),
      maxRatePerDay: ratePerDayOf(maxPrice),
      budget,
      sessionMs: Number(values.seconds) * 1_000,
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: "string", default: "http://localhost:3000" },
        capability: { type: "string" },
        model: { type: "string" },
        service: { type: "string" },
        input: { type: "string" },
        "max-price": { type: "string", default: "0.0001" },
        budget: { type: "string", default: "1" },
        "max-latency": { type: "string" },
        seconds: { type: "string", default: "60" },
        rail: { type: "string", default: "ledger" },
        network: { type: "string", default: "devnet" },
        rpc: { type: "string", default: "http://127.0.0.1:8545" },
        "stream-pay": { type: "string" },
        state: { type: "string" },
        faucet: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @returns what is wrong, in words */
function readAmount(text: string): bigint | string {
  try {
    return parseAmount(text, LEDGER_ASSET.decimals);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function originOf(url: string): string | null {
  try {
    const { origin, protocol } = new URL(url);
    return protocol === "http:" || protocol === "https:" ? origin : null;
  } catch {
    return null;
  }
}
