// `npm run agent:chain`: an agent with a key opens a real stream on a chain, is served, and closes it. Everything but the chain is plain HTTP.
import { parseArgs } from "node:util";
import { Challenge, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import { createPublicClient, createWalletClient, http } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { findNetworkByKey } from "@/lib/chain/networks";
import { viemChain } from "@/lib/chain/viem-chain";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import { type ChainStreamOptions, streampayStream, superfluidStream } from "../client/chain-stream";
import { closeOnChain } from "../client/close-on-chain";
import { signIn } from "../client/site-api";

const help = `npm run agent:chain -- [--rail superfluid|streampay] [--url http://localhost:3000] [--provider rheumascore]
  [--path /compute/das28-crp] [--input '{…}'] [--network devnet] [--rpc http://127.0.0.1:8545] [--stream-pay 0x…]

Opens a stream on a chain with a key (AGENT_KEY, or on the devnet a fresh one that the faucet fills), calls a paid service with the stock mppx
client and our method, and closes the stream.

  --keep    leave the stream open
  --help    this text

Exit code 0 when all of it worked, 1 when something was refused, 2 for wrong arguments.`;

const USD = 10n ** 18n;
const example = { tenderJoints: 5, swollenJoints: 4, crpMgPerLitre: 12, globalHealthMm: 40 };

const { values: options } = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}
const site = options.url.replace(/\/$/, "");
const network = findNetworkByKey(options.network);
const key = process.env.AGENT_KEY ?? (options.network === "devnet" ? generatePrivateKey() : "");
if (!network || !/^0x[0-9a-fA-F]{64}$/.test(key) || !["superfluid", "streampay"].includes(options.rail)) {
  console.error(`Give a network of the table, a rail, and on a real network AGENT_KEY.\n\n${help}`);
  process.exit(2);
}
const account = privateKeyToAccount(key as `0x${string}`);
const chain = { chain: viemChain(network, options.rpc), transport: http(options.rpc) };
const agent: ChainStreamOptions = {
  wallet: createWalletClient({ account, ...chain }),
  reader: createPublicClient({ ...chain, pollingInterval: Math.min(network.blockMs, 1_000) }),
  caps: { maxRatePerDay: 20n * USD, maxDeposit: 5n * USD, maxTotal: 5n * USD },
  waitMs: 500,
  ...(options["stream-pay"] ? { streamPay: options["stream-pay"] as `0x${string}` } : {}),
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  console.log(`Agent ${account.address} on ${network?.name}`);
  if (!process.env.AGENT_KEY) await takePlayMoney();
  const method = options.rail === "superfluid" ? superfluidStream(agent) : streampayStream(agent);
  const mppx = Mppx.create({ polyfill: false, methods: [method], maxPaymentRetries: 20 });
  const url = `${site}/api/p/${options.provider}${options.path}`;
  const body = options.input ?? JSON.stringify(example);
  const call = () => ({ method: "POST", body, headers: { "content-type": "application/json" } });

  try {
    const started = performance.now();
    const response = await mppx.fetch(url, call());
    const answer = await response.text();
    if (!response.ok) throw new Error(`The call was refused: ${response.status} ${answer}`);
    console.log(
      `Opened and served in ${Math.round(performance.now() - started)} ms: ${answer.slice(0, 200)}`,
    );
    const receipt = Receipt.fromResponse(response) as Receipt.Receipt & { requestId: string };
    console.log(`Paid by ${receipt.method}, receipt ${site}/receipts/${receipt.requestId}`);
  } finally {
    // Also after a refusal: what an agent opened, it closes.
    if (!options.keep) await close(await fetch(url, call()));
  }
}

async function close(unpaid: Response): Promise<void> {
  const challenge = Challenge.fromResponseList(unpaid).find((each) => each.method === options.rail);
  if (!challenge) throw new Error(`The site takes no ${options.rail}.`);
  const hash = await closeOnChain(agent, challenge as Challenge.Challenge & { request: ChainRequest });
  console.log(hash ? `Closed by ${hash}` : "Nothing is open.");
}

/** On the devnet the faucet gives money for gas and for streams. */
async function takePlayMoney(): Promise<void> {
  const api = await signIn(site, account);
  await api.post("/api/v1/wallet/faucet", { amount: String(USD) });
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        rail: { type: "string", default: "streampay" },
        url: { type: "string", default: "http://localhost:3000" },
        provider: { type: "string", default: "rheumascore" },
        path: { type: "string", default: "/compute/das28-crp" },
        input: { type: "string" },
        network: { type: "string", default: "devnet" },
        rpc: { type: "string", default: "http://127.0.0.1:8545" },
        "stream-pay": { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    return process.exit(2);
  }
}
