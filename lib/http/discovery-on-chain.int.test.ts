/** What the documents for agents say of a chain, beside what the doors and the plans really ask for there. */
import { beforeAll, describe, expect, test, vi } from "vitest";

await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  const { ownDevnet } = await import("@/lib/testing/own-devnet");
  await ownDatabase();
  await ownDevnet();
});

import { Challenge } from "mppx";
import { validate } from "mppx/discovery";
import { GET as manifestRoute } from "@/app/.well-known/superstream-agent.json/route";
import { GET as llmsRoute } from "@/app/llms.txt/route";
import { GET as openApiRoute } from "@/app/openapi.json/route";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { fetchPaidDoor } from "@/lib/mpp/paid-door";
import { answerOf } from "@/lib/testing/call-operation";
import { seedMarket } from "@/lib/testing/seed-market";
import { operations } from "./operations";
import { planStreamOperation } from "./operations/stream-plan-operations";

const ORIGIN = "http://localhost:3000";
const NETWORK = "eip155:31337";
const get = async (route: (request: Request) => Promise<Response>, path: string) =>
  (await route(new Request(ORIGIN + path))).text();

type Offer = { intent: string; method: string; amount: string; currency: string; network?: string };
type OpenApi = {
  paths: Record<string, Record<string, { "x-payment-info"?: { offers: Offer[]; protocols: object[] } }>>;
  "x-payment-methods": Record<string, unknown>[];
};
type Manifest = {
  payment: { methods: Record<string, unknown>[] };
  actions: { name: string; endpoint: string; method: string; pricing: { methods?: string[] } }[];
};
let openApi: OpenApi;
let openApiText: string;
let manifest: Manifest;
let llms: string;

beforeAll(async () => {
  await seedMarket();
  openApiText = await get(openApiRoute, "/openapi.json");
  openApi = JSON.parse(openApiText);
  manifest = JSON.parse(await get(manifestRoute, "/.well-known/superstream-agent.json"));
  llms = await get(llmsRoute, "/llms.txt");
});

/** What a door asks for when nobody has paid. */
async function askedAt(path: string, method: string) {
  const init = method === "GET" ? {} : { body: "{}", headers: { "Content-Type": "application/json" } };
  const response = await fetchPaidDoor(new Request(ORIGIN + path, { method, ...init }));
  expect(response.status).toBe(402);
  const required = Buffer.from(response.headers.get("payment-required") ?? "", "base64").toString();
  const { accepts } = JSON.parse(required) as { accepts: { scheme: string }[] };
  return { challenges: Challenge.fromResponseList(response), schemes: accepts.map(({ scheme }) => scheme) };
}

const usdc = {
  id: `${NETWORK}/erc20:${DEVNET.usdc.toLowerCase()}`,
  address: DEVNET.usdc,
  symbol: "USDC",
  decimals: 6,
};
const usdcx = {
  id: `${NETWORK}/erc20:${DEVNET.usdcx.toLowerCase()}`,
  address: DEVNET.usdcx,
  symbol: "USDCx",
  decimals: 18,
};

describe("ways to pay", () => {
  test("given a devnet, manifest and openapi name each with its network, contract, asset and decimals", () => {
    const { methods } = manifest.payment;
    expect(openApi["x-payment-methods"]).toEqual(methods);
    const payTo = methods.at(-1)?.pay_to;
    expect(payTo).toMatch(/^0x[0-9a-fA-F]{40}$/);
    const place = { network: NETWORK, network_name: "Superstream devnet", confirmations: 1 };
    const plans = { plan: "/api/v1/streams/plan", plan_close: "/api/v1/streams/plan-close" };
    const single = {
      network: NETWORK,
      asset: usdc,
      pay_to: payTo,
      eip712: { name: "USD Coin", version: "2" },
    };
    expect(methods).toEqual([
      {
        ...{ protocol: "mpp", method: "ledger", intent: "stream", open: "/api/v1/streams" },
        asset: { symbol: "USDCx", decimals: 18 },
      },
      {
        ...{ protocol: "mpp", method: "superfluid", intent: "stream", ...place, ...plans },
        ...{ contract: DEVNET.cfaV1Forwarder, host: DEVNET.host, asset: usdcx },
      },
      {
        ...{ protocol: "mpp", method: "streampay", intent: "stream", ...place, ...plans },
        ...{ contract: DEVNET.streamPay, asset: usdc, relay: "/api/v1/streams/relay" },
      },
      { protocol: "mpp", method: "evm", intent: "charge", ...single },
      { protocol: "x402", x402_version: 2, scheme: "exact", ...single },
    ]);
  });

  test("given every paid action, what it lists is what its 402 asks for, to the base unit", async () => {
    expect(validate(openApi)).toEqual([]);
    const paid = manifest.actions.filter(({ pricing }) => pricing.methods);
    expect(paid.length).toBeGreaterThan(5);
    const kinds = new Set<string>();
    for (const { endpoint, method, pricing } of paid) {
      const { challenges, schemes } = await askedAt(endpoint, method);
      const asked = challenges.map(({ method, intent }) => `${method}/${intent}`);
      expect([...asked, ...(schemes[0] === "exact" ? ["x402/exact"] : [])]).toEqual(pricing.methods);
      const info = openApi.paths[endpoint]?.[method.toLowerCase()]?.["x-payment-info"];
      expect(info).toBeDefined();
      for (const challenge of challenges) {
        const { method, intent, request } = challenge;
        const offers = info?.offers.filter((offer) => offer.method === method && offer.intent === intent);
        const offer = offers?.[0];
        expect([method, offer?.amount, offer?.currency.toLowerCase()]).toEqual([
          method,
          request.amount,
          String(request.currency).toLowerCase(),
        ]);
        expect(offer?.network).toBe(method === "ledger" ? undefined : NETWORK);
        kinds.add(`${method}/${intent}`);
      }
      expect(info?.protocols).toHaveLength(challenges.length + 1);
    }
    expect([...kinds].sort()).toEqual([
      "evm/charge",
      "ledger/stream",
      "streampay/stream",
      "superfluid/stream",
    ]);
  });

  test("given the plans that the ways point to, they answer with the contract and the asset that were named", async () => {
    const rails = manifest.payment.methods.filter(({ plan }) => plan);
    expect(rails.map(({ method }) => method)).toEqual(["superfluid", "streampay"]);
    for (const { method, contract, asset } of rails) {
      const json = { providerId: "rheumascore", rail: method, durationMs: 3_600_000 };
      const plan = await answerOf<{ contract: string; asset: { id: string; decimals: number } }>(
        planStreamOperation,
        { json },
      );
      expect(plan.asset).toMatchObject({
        id: (asset as typeof usdc).id,
        decimals: (asset as typeof usdc).decimals,
      });
      const opensOn = method === "superfluid" ? [DEVNET.host, DEVNET.cfaV1Forwarder] : [contract];
      expect(opensOn.map((address) => String(address).toLowerCase())).toContain(plan.contract.toLowerCase());
    }
  });
});

describe("the operations of a chain", () => {
  test("given the buyers' document, it has plan, close plan and relay, and still fits into 64 KB", () => {
    for (const path of ["/plan", "/plan-close", "/relay", "/relay/{relayId}"])
      expect(Object.keys(openApi.paths)).toContain(`/api/v1/streams${path}`);
    for (const path of ["/api/v1/streams", "/api/v1/streams/{streamId}/close", "/api/v1/wallet/faucet"])
      expect(Object.keys(openApi.paths[path] ?? {})).toContain("post");
    expect(openApiText.length).toBeLessThanOrEqual(64_000);
    const named = manifest.actions.map(({ name }) => name);
    expect(named).toEqual(
      expect.arrayContaining(["plan_stream", "plan_close", "relay_opening", "get_relay"]),
    );
  });

  test("given llms.txt, it names every way and the plan, and each address in it is an operation", () => {
    for (const text of [
      "- ledger/stream:",
      `- superfluid/stream: a flow of Superfluid on ${NETWORK} (Superstream devnet) by CFAv1Forwarder ${DEVNET.cfaV1Forwarder}, in USDCx (18 decimals) ${DEVNET.usdcx}`,
      `- streampay/stream: an escrow of StreamPay on ${NETWORK} (Superstream devnet), contract ${DEVNET.streamPay}, in USDC (6 decimals) ${DEVNET.usdc}`,
      "- evm/charge: one signed authorisation",
      '- x402 version 2, scheme "exact"',
    ])
      expect(llms).toContain(text);
    const asked = [...llms.matchAll(/(GET|POST|PUT) http:\/\/localhost:3000(\/api\/v1\/[a-z/{}-]+)/g)];
    const found = asked.map(([, method, path]) =>
      operations.find(
        (operation) =>
          operation.method === method &&
          operation.path.replace(/\{\w+\}/g, "{id}") === path?.replace(/\/$/, ""),
      ),
    );
    expect(found.every(Boolean)).toBe(true);
    expect(found.map((operation) => operation?.id)).toEqual(
      expect.arrayContaining(["planStream", "planClose", "relayOpening", "getRelay"]),
    );
  });
});
