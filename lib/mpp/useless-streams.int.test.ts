/** Streams on a chain that pay for nothing here, shown at the door: a clear refusal, nothing written, and the payer's money still the payer's. */
import { Credential } from "mppx";
import { type Address, encodeFunctionData, type Hex, parseEther, parseUnits } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { closeOnChain } from "@/agents/client/close-on-chain";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { encodeFlowTable } from "@/lib/rails/superfluid/flow-table";
import { providerTag } from "./provider-tag";
import { streamTypedData } from "./stream-typed-data";
import { type Agent, CAPS, type ChainChallenge, type ChainMethod, chainAgents } from "./testing/chain-agents";
import { OWNER, PROVIDER } from "./testing/chain-site";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { devnet, newAgent, url } = site;
const { client, challengeOf, send } = chainAgents(site);
const TAG = providerTag(PROVIDER);
const DAY = 86_400n;
const stranger = privateKeyToAccount(generatePrivateKey()).address;
const { usdc, usdcx, streamPay, cfaV1Forwarder } = devnet.addresses;

beforeAll(async () => {
  await site.mount("custom");
  await site.open();
});

async function sent(agent: Agent, to: Address, data: Hex, value = 0n): Promise<Hex> {
  const hash = await agent.wallet.sendTransaction({ to, data, value });
  const { status } = await agent.reader.waitForTransactionReceipt({ hash });
  expect(status).toBe("success");
  return hash;
}

async function escrow(
  agent: Agent,
  terms: { token: Address; amount: bigint; recipient?: Address; tag?: bigint },
) {
  const { token, amount, recipient = OWNER.address, tag = TAG } = terms;
  await sent(
    agent,
    token,
    encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args: [streamPay, amount] }),
  );
  const stream = { token, amount, recipient, duration: DAY, streamType: 0, providerId: tag };
  const args = [stream] as const;
  await sent(
    agent,
    streamPay,
    encodeFunctionData({ abi: streamPayAbi, functionName: "createTokenStream", args }),
  );
}

async function flow(agent: Agent, rate: bigint, receiver: Address, data: Hex) {
  const args = [usdcx, agent.account.address, receiver, rate, data] as const;
  await sent(
    agent,
    cfaV1Forwarder,
    encodeFunctionData({ abi: cfaV1ForwarderAbi, functionName: "createFlow", args }),
  );
}

/** Until the index has read the newest block. */
async function indexed(): Promise<void> {
  const { pool } = await import("@/lib/db/pool");
  const head = await devnet.chain.getBlockNumber({ cacheTime: 0 });
  await vi.waitFor(
    async () => {
      const { rows } = await pool().query("select confirmed_number as at from chain_cursor");
      expect(Number(rows[0]?.at)).toBeGreaterThanOrEqual(Number(head));
    },
    { timeout: 30_000, interval: 100 },
  );
}

async function written(payer: string) {
  const { pool } = await import("@/lib/db/pool");
  const { rows } = await pool().query(
    `select (select count(*)::int from stream where sender = $1) as streams, (select count(*)::int from request where payer = $1) as calls,
       (select count(*)::int from stream_session t join stream s on s.id = t.stream_id where s.sender = $1) as sessions`,
    [payer.toLowerCase()],
  );
  return rows[0];
}

const ONE = 11_574_074_074_074n;
type Case = { what: string; rail: ChainMethod; open: (agent: Agent) => Promise<void>; unnamed?: string };
const cases: Case[] = [
  {
    what: "in the chain's coin, which is no dollar",
    rail: "streampay",
    open: async (agent) => {
      const args = [OWNER.address, DAY, 0, TAG] as const;
      const data = encodeFunctionData({ abi: streamPayAbi, functionName: "createStream", args });
      await sent(agent, streamPay, data, parseEther("1"));
    },
  },
  {
    what: "of 18 decimals that counts in 6",
    rail: "streampay",
    open: (agent) => escrow(agent, { token: usdcx, amount: parseUnits("1", 6) }),
  },
  {
    what: "to another receiver, in this provider's name",
    rail: "streampay",
    open: (agent) => escrow(agent, { token: usdc, amount: parseUnits("1", 6), recipient: stranger }),
  },
  {
    what: "to this receiver, in the name of a provider that there is not",
    rail: "streampay",
    open: (agent) => escrow(agent, { token: usdc, amount: parseUnits("1", 6), tag: 7n }),
  },
  {
    what: "of one base unit a second",
    rail: "streampay",
    open: (agent) => escrow(agent, { token: usdc, amount: DAY }),
  },
  {
    what: "of one wei a second",
    rail: "superfluid",
    open: (agent) => flow(agent, 1n, OWNER.address, encodeFlowTable([{ tag: TAG, rate: 1n }])),
    unnamed: "1",
  },
  {
    what: "to another receiver, in this provider's name, as a flow",
    rail: "superfluid",
    open: (agent) => flow(agent, ONE, stranger, encodeFlowTable([{ tag: TAG, rate: ONE }])),
  },
  {
    what: "whose table promises more than flows",
    rail: "superfluid",
    open: (agent) => flow(agent, 1n, OWNER.address, encodeFlowTable([{ tag: TAG, rate: ONE }])),
    unnamed: "1",
  },
  {
    what: "that names a provider that there is not",
    rail: "superfluid",
    open: (agent) => flow(agent, ONE, OWNER.address, encodeFlowTable([{ tag: 7n, rate: ONE }])),
    unnamed: String(ONE),
  },
];

describe("a stream", () => {
  test.each(cases)("$what ($rail)", async ({ rail, open, unnamed }) => {
    const agent = await newAgent();
    await open(agent);
    await indexed();
    const response = await send(agent, await challengeOf(rail));
    expect(response.status).toBe(402);
    const body = await response.json();
    expect(body).toMatchObject({ code: "stream/not-found" });
    // Of a flow that runs to this provider it is said that it buys nothing, so that nobody opens another one.
    expect(body.unnamedFlowRate).toBe(unnamed);
    if (unnamed) expect(body.detail).toMatch(/pays for none of its services/);
    expect(await written(agent.account.address)).toEqual({ streams: 0, calls: 0, sessions: 0 });
  });
});

test("a proof that was signed for another chain is none here, and nothing is written", async () => {
  const agent = await newAgent();
  expect((await client(agent, "streampay").fetch(url, site.init)).status).toBe(200);
  const before = await written(agent.account.address);
  const challenge = await challengeOf("streampay");
  const { request } = challenge;
  const elsewhere = { ...request, methodDetails: { ...request.methodDetails, chainId: 8_453 } };
  const payload = { action: "prove", payer: agent.account.address } as const;
  const typed = streamTypedData({ ...challenge, request: elsewhere } as ChainChallenge, payload);
  const signature = await agent.account.signTypedData(typed);
  const credential = Credential.from({ challenge, payload: { ...payload, type: "proof", signature } });
  const headers = { ...site.init.headers, Authorization: Credential.serialize(credential) };
  const response = await fetch(url, { ...site.init, headers });
  expect(response.status).toBe(402);
  expect(await response.json()).toMatchObject({ code: "verification-failed" });
  expect(await written(agent.account.address)).toEqual(before);
});

test.each(["superfluid", "streampay"] as const)(
  "a stream of %s that is closed between the check of a call and its answer: that call is served, the next is refused, and the books balance",
  async (rail) => {
    const agent = await newAgent();
    expect((await client(agent, rail).fetch(url, site.init)).status).toBe(200);
    const { authorizeRequest } = await import("@/lib/streams/authorize-request");
    const { completeRequest } = await import("@/lib/streams/complete-request");
    const { newId } = await import("@/lib/streams/new-id");
    const requestId = newId("req");
    const decision = await authorizeRequest({
      ...{
        requestId,
        providerId: PROVIDER,
        serviceId: null,
        requestType: "add",
        method: "POST",
        path: "/add",
      },
      ...{ via: "proof", payer: agent.account.address.toLowerCase(), idempotencyKey: null },
      ...{ requestHash: "00".repeat(32), requestDigest: null, price: 0n },
    });
    expect(decision.outcome).toBe("authorised");
    await closeOnChain({ ...agent, caps: CAPS }, await challengeOf(rail));
    const code = async () => (await (await send(agent, await challengeOf(rail))).json()).code;
    await expect.poll(code, { timeout: 30_000 }).toBe("stream/terminated");
    const served = {
      requestId,
      outcome: "served",
      status: 200,
      responseDigest: null,
      receipt: null,
    } as const;
    expect(await completeRequest(served)).toBe(true);
    const { runInvariants } = await import("@/lib/ledger/run-invariants");
    expect(await runInvariants()).toEqual([]);
  },
);
