// `npm run agent:example`: an agent that has nothing but a key pays for a real answer, and takes the rest of its money back.
// Every step is plain HTTP; the only thing of ours it uses is the method for the stock mppx client.
import { parseArgs } from "node:util";
import { Receipt } from "mppx";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { formatToken } from "@/lib/format";
import { type SiteApi, signIn } from "../client/site-api";
import { streamFetch } from "../client/stream-fetch";

const help = `npm run agent:example -- [--url http://localhost:3000] [--provider rheumascore] [--path /compute/das28-crp] [--input '{…}']

Signs in with a key (AGENT_KEY, or a fresh one), takes play money from the faucet, calls a paid service with the stock mppx client and
our method, calls it again on the session, closes the stream and shows the settlement.

  --keep    leave the stream open
  --help    this text

Exit code 0 when all of it worked, 1 when something was refused, 2 for wrong arguments.`;

const USDCX = 10n ** 18n;
const example = {
  tenderJoints: 5,
  swollenJoints: 4,
  crpMgPerLitre: 12,
  globalHealthMm: 40,
};

const { values: options } = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}
const site = options.url.replace(/\/$/, "");
const account = privateKeyToAccount(agentKey());

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  console.log(`Agent ${account.address} at ${site}`);
  const api = await signIn(site, account);
  await fund(api);

  const pay = streamFetch({
    account,
    caps: { maxRatePerDay: 20n * USDCX, maxDeposit: 5n * USDCX, maxTotal: 5n * USDCX },
    fetch: spyOn(fetch),
  });
  const url = `${site}/api/p/${options.provider}${options.path}`;
  const call = () =>
    pay(url, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      body: options.input ?? JSON.stringify(example),
    });

  try {
    await callTwice(call);
  } finally {
    // Also after a refusal: what an agent opened, it closes.
    if (!options.keep) await closeStreams(api);
  }
}

async function callTwice(call: () => Promise<Response>): Promise<void> {
  console.log("\nFirst call: 402, a stream is opened with one signature, served.");
  const first = await call();
  const answer = await first.text();
  if (!first.ok) throw new Error(`The call was refused: ${first.status} ${answer}`);
  console.log(`  ${answer.slice(0, 300)}${answer.length > 300 ? " …" : ""}`);
  const receipt = Receipt.fromResponse(first) as Receipt.Receipt & { requestId: string };
  console.log(`  receipt ${site}/receipts/${receipt.requestId}`);

  console.log("\nSecond call: on the session, one request.");
  const second = await call();
  const runway = second.headers.get("Stream-Runway-Seconds");
  console.log(`  ${second.status}, runway ${runway} s, ${usdc(second.headers.get("Stream-Remaining"))} left`);
}

async function closeStreams(api: SiteApi): Promise<void> {
  const { items } = (await api.get("/api/v1/streams?status=active&role=sender")) as {
    items: { id: string }[];
  };
  for (const { id } of items) {
    const settled = await api.post(`/api/v1/streams/${id}/close`, {});
    console.log(`\nClosed ${id}: paid ${usdc(settled.totalPaid)}, refunded ${usdc(settled.refund)}.`);
  }
}

/** Play money, only when the ledger wallet is short of it. */
async function fund(api: SiteApi): Promise<void> {
  const wallet = await api.get("/api/v1/wallet");
  if (BigInt(String(wallet.balance)) >= 5n * USDCX) return;
  const filled = await api.post("/api/v1/wallet/faucet", { amount: String(100n * USDCX) });
  console.log(`Faucet: ${usdc(filled.balance)} in the ledger wallet`);
}

/** Shows what goes over the wire. */
function spyOn(network: typeof fetch): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const paid = request.headers.has("authorization")
      ? "with a credential"
      : request.headers.has("stream-session")
        ? "with the session"
        : "with nothing";
    const response = await network(request);
    console.log(`  ${request.method} ${new URL(request.url).pathname} ${paid} → ${response.status}`);
    return response;
  };
}

function usdc(amount: unknown): string {
  return formatToken(BigInt(String(amount ?? 0)), LEDGER_ASSET, { max: 9, min: 9 });
}

function agentKey(): `0x${string}` {
  const key = process.env.AGENT_KEY;
  if (!key) return generatePrivateKey();
  if (/^0x[0-9a-fA-F]{64}$/.test(key)) return key as `0x${string}`;
  console.error("AGENT_KEY is not a private key: 0x and 64 hexadecimal digits.");
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        url: { type: "string", default: "http://localhost:3000" },
        provider: { type: "string", default: "rheumascore" },
        path: { type: "string", default: "/compute/das28-crp" },
        input: { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    return process.exit(2);
  }
}
