// `npm run agent:consumer -- "<prompt>"`: buys one answer within a mandate, and closes what it has opened, whatever happens.
import { homedir } from "node:os";
import { join } from "node:path";
import { privateKeyToAccount } from "viem/accounts";
import { findNetworkByKey } from "@/lib/chain/networks";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { formatToken } from "@/lib/format";
import { type SiteApi, signIn } from "../client/site-api";
import { closeLeftovers } from "./close-leftovers";
import { findOffers } from "./find-offers";
import type { Segment } from "./mandate";
import { openBook } from "./open-book";
import { chainRail, ledgerRail, type PaymentRail, type RailName } from "./payment-rail";
import { promptBody, readAnswer } from "./read-answer";
import { HELP, type Options, readOptions } from "./read-options";
import { type MandateReceipt, runMandate } from "./run-mandate";

/** Play money for a first purchase. */
const FAUCET = 10n * 10n ** BigInt(LEDGER_ASSET.decimals);

const options = readOptions(process.argv.slice(2), process.env);
if (options === "help") {
  console.log(HELP);
  process.exit(0);
}
if (typeof options === "string") {
  console.error(`${options}\n\n${HELP}`);
  process.exit(2);
}

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(130); // Asked twice: the next run closes what is open.
    console.error("Closing what is open …");
    interruption.abort();
  });

try {
  process.exitCode = await main(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @returns the exit code */
async function main({ site, key, state, mandate, prompt, input, json, ...asked }: Options): Promise<number> {
  const account = privateKeyToAccount(key);
  const payer = account.address.toLowerCase();
  const book = openBook(state ?? join(homedir(), ".superstream", "consumer"));
  const other = book.otherRun(site, payer);
  if (other !== null) throw new Error(`Process ${other} runs with this key: give each run a key of its own.`);
  const rail = railOf(asked.rail, asked);
  let signedIn: Promise<SiteApi> | undefined;
  const api = () => {
    signedIn ??= signIn(site, account).catch((error: unknown) => {
      signedIn = undefined; // The next asks again.
      throw error;
    });
    return signedIn;
  };

  const left = await closeLeftovers({ site, payer, book, api }, ({ rail: name, service }) => {
    const { chain } = railOf(name, asked);
    // Whatever it was allowed to pay: ending it costs nothing.
    const caps = { maxRatePerDay: 2n ** 255n, maxDeposit: 0n, maxTotal: 0n };
    return chain && (() => chain.close(`${site}${service.path}`, service.method, caps));
  });
  for (const { stream, paid, refunded } of left.closed)
    console.error(`Closed ${stream} of an earlier run: paid ${usd(paid)}, refunded ${usd(refunded)}.`);
  for (const { entry, error } of left.failed)
    console.error(`A stream of an earlier run to ${entry.providerId} is still open: ${String(error)}`);

  if (asked.faucet) await (await api()).post("/api/v1/wallet/faucet", { amount: String(FAUCET) });

  const { offers, siteTimeMs } = await findOffers(site, mandate);
  const receipt = await runMandate(
    mandate,
    offers,
    ({ service, model }) => input ?? (prompt === null ? null : promptBody(service.slug, prompt, model)),
    {
      ...{ site, payer, rail, book, api, signal: interruption.signal },
      sinceMs: rail.chain ? await rail.chain.nowMs() : siteTimeMs,
    },
  );
  if (json)
    console.log(
      JSON.stringify(receipt, (_, value) => (typeof value === "bigint" ? String(value) : value), 2),
    );
  else tell(receipt, site, rail.name === "ledger" ? await balanceOf(await api()) : null);
  if (receipt.answer !== null) return 0;
  return interruption.signal.aborted ? 130 : 1;

  function railOf(name: RailName, place: Pick<Options, "network" | "rpc" | "streamPay">): PaymentRail {
    if (name === "ledger") return ledgerRail(account);
    const network = findNetworkByKey(place.network);
    if (!network) throw new Error(`There is no network ${place.network}.`);
    return chainRail(name, account, {
      ...{ network, rpc: place.rpc },
      ...(place.streamPay ? { streamPay: place.streamPay } : {}),
    });
  }
}

async function balanceOf(api: SiteApi): Promise<bigint> {
  return BigInt(String((await api.get("/api/v1/wallet")).balance));
}

function tell(receipt: MandateReceipt, site: string, balance: bigint | null): void {
  if (receipt.answer !== null) console.log(readAnswer(receipt.answer));
  else console.error(receipt.reason);
  console.log("");
  for (const segment of receipt.segments) console.log(lineOf(segment, site));
  console.log(`Cost ${usd(receipt.paid)} of a budget of ${usd(receipt.budget)}.`);
  if (balance !== null) console.log(`${usd(balance)} left in the ledger wallet.`);
}

function lineOf(segment: Segment, site: string): string {
  const { provider, outcome, reason, paid, refunded, deposit, startedMs, endedMs, stream, receipt, rail } =
    segment;
  const money =
    paid === null
      ? `up to ${usd(deposit)} (not settled)`
      : `paid ${usd(paid)}, refunded ${usd(refunded ?? 0n)}`;
  const links = [receipt, stream && `${site}/streams/${stream}`].filter(Boolean).join(" ");
  const why = reason === null ? "" : ` (${reason})`;
  return `${provider} on ${rail}: ${outcome}${why} in ${((endedMs - startedMs) / 1_000).toFixed(1)} s, ${money}. ${links}`;
}

function usd(amount: bigint): string {
  return formatToken(amount, LEDGER_ASSET, { max: 9, min: 9 });
}
