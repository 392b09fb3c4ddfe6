/** Single payments as operators run them: two servers over one database and one chain, one of which is killed in the middle. */
import { setTimeout as sleep } from "node:timers/promises";
import { ExactEvmScheme } from "@x402/evm";
import { wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { startTestDevnet } from "@/lib/testing/devnet";

// Before anything reads DATABASE_URL: the books are looked at as a whole.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { pool } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";

const PAYERS = 12;
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let provider: RealProvider;
const servers: RealServer[] = [];

beforeAll(async () => {
  devnet = await startTestDevnet();
  provider = await realProvider();
  const settings = { UPSTREAM_ALLOW: provider.address, RPC_URL: devnet.rpcUrl };
  servers.push(...(await Promise.all([realServer(settings), realServer(settings)])));
  await provider.list(await realPayer(servers[0]?.url ?? ""), "counter");
}, 120_000);
afterAll(async () => {
  for (const server of servers) await server.stop();
  provider?.close();
  await devnet?.stop();
}, 60_000);

async function newClient() {
  const account = privateKeyToAccount(generatePrivateKey());
  await devnet.fund(account.address);
  const pay = wrapFetchWithPaymentFromConfig(fetch, {
    schemes: [{ network: "eip155:31337", client: new ExactEvmScheme(account) }],
    spendControls: { allowedAssets: [{ network: "eip155:31337", asset: devnet.addresses.usdc }] },
  });
  return { account, pay };
}
const ask = (server: RealServer | undefined) => `${server?.url}/api/p/counter/count`;
const request = () => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: '{"text":"abc"}',
});

async function outcomeOf(response: Response): Promise<string> {
  if (response.ok) return "served";
  const { code } = (await response.json()) as { code?: string };
  const waits = code === "stream/pending" && !response.headers.has("www-authenticate");
  return waits ? "wait" : `${response.status} ${code}`;
}

test("twelve stock clients pay at once, a server is killed with payments on their way, and each is credited exactly what it paid", async () => {
  const clients = await Promise.all(Array.from({ length: PAYERS }, newClient));
  const [steady, doomed] = servers;
  const answers = clients.map(({ pay }, n) =>
    pay(ask(n % 2 ? doomed : steady), request()).then(outcomeOf, () => "cut off"),
  );
  await Promise.race([Promise.all(answers), sleep(400)]);
  doomed?.signal("SIGKILL");
  const outcomes = await Promise.all(answers);
  // Who asked the server that is left is served, or told to wait when the dead one had their payment in hand: never to pay again.
  for (const outcome of outcomes.filter((_, n) => n % 2 === 0)) expect(["served", "wait"]).toContain(outcome);
  expect(outcomes).toContain("served");

  // Whatever was written down is settled and credited by the server that is left, once the dead one's claims have run out.
  const open = async () =>
    (
      await pool().query<{ n: number }>(
        "select count(*)::int as n from chain_charge where credited_ms is null",
      )
    ).rows[0]?.n;
  await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 80_000, interval: 100 });
  const { rows } = await pool().query<{ payer: string; amount: string; credit: string; intents: number }>(
    `select c.payer, c.amount, c.credit, (select count(*)::int from chain_intent i where i.intent_key = c.intent_key and i.state in ('confirmed', 'final')) as intents
     from chain_charge c`,
  );
  for (const { account } of clients) {
    const left = await devnet.chain.readContract({
      ...{
        address: devnet.addresses.usdc,
        abi: testUsdcAbi,
        functionName: "balanceOf",
        args: [account.address],
      },
    });
    const row = rows.find(({ payer }) => payer === account.address.toLowerCase());
    // Nothing was taken from who was cut off before the payment was written down.
    expect(10_000_000_000n - left).toBe(row ? 166_667n : 0n);
    if (row) expect(row).toMatchObject({ amount: "166667", credit: "166667000000000000", intents: 1 });
  }
  expect(rows.length).toBeGreaterThanOrEqual(PAYERS / 2);
  expect(await runInvariants(pool())).toEqual([]);
}, 120_000);

test("a payment is served, and the metrics say how the outbox stands", async () => {
  const { pay } = await newClient();
  expect((await pay(ask(servers[0]), request())).status).toBe(200);
  const scrape = async () => (await fetch(`${servers[0]?.url}/metrics`)).text();
  await vi.waitFor(
    async () => expect(await scrape()).toContain('superstream_outbox_transactions{state="pending"} 0'),
    {
      timeout: 10_000,
      interval: 200,
    },
  );
  const text = await scrape();
  expect(text).toContain("superstream_outbox_failed_day 0");
  expect(text).toContain("superstream_outbox_problem_seconds 0");
  expect(text).toMatch(
    /superstream_outbox_gas_today_coins 0\.\d+|superstream_outbox_gas_today_coins \d+e-\d+/,
  );
  expect(text).toContain('superstream_loop_passes_total{loop="outbox",result="done"}');
}, 30_000);
