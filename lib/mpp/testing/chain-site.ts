/**
 * A site with a chain for tests: a devnet, a database of its own, the provider `adder` behind the door, and the index that follows the chain. Call
 * `startChainSite` in `vi.hoisted`, before anything reads the settings.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createPublicClient, createWalletClient, type Hex, http } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, vi } from "vitest";
import type { NodeListener } from "@/lib/http/node-adapter";

export const PROVIDER = "adder";
export const OWNER = privateKeyToAccount(`0x${"aa".repeat(32)}`);

export async function startChainSite() {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
  const { startTestDevnet } = await import("@/lib/testing/devnet");
  const devnet = await startTestDevnet();
  const servers: Server[] = [];
  const site: { listener: NodeListener } = { listener: async () => {} };
  const index = { on: true };
  const upstream = await listen(servers, addNumbers);
  const baseUrl = `http://${await listen(servers, (incoming, outgoing) => site.listener(incoming, outgoing))}`;
  Object.assign(process.env, { RPC_URL: devnet.rpcUrl, ORIGIN: baseUrl, UPSTREAM_ALLOW: upstream });
  vi.resetModules(); // What was loaded for the devnet has read other settings.

  let following: Promise<void> | null = null;
  afterAll(async () => {
    index.on = false;
    await following;
    for (const server of servers) server.close();
    await devnet.stop();
  });

  return {
    devnet,
    baseUrl,
    url: `${baseUrl}/api/p/${PROVIDER}/add`,
    /** New each time: the stock client writes into the headers that it is given. */
    get init() {
      return { method: "POST", body: '{"a":19,"b":23}', headers: { "content-type": "application/json" } };
    },

    /** Lists a provider. */
    async list(id = PROVIDER): Promise<void> {
      const { registerProvider } = await import("@/lib/market/register-provider");
      await registerProvider(listing(id, `http://${upstream}`));
    },
    /** Lists the provider and begins to follow the chain. */
    async open(): Promise<void> {
      await this.list();
      following = follow(index);
    },
    /** Stops following, until the function that it returns is called. */
    async pauseIndex(): Promise<() => void> {
      index.on = false;
      await following;
      return () => {
        index.on = true;
        following = follow(index);
      };
    },
    /** Puts the door at `baseUrl`, as the custom server or as Next does. */
    async mount(kind: "custom" | "next") {
      site.listener = kind === "custom" ? await customDoor(baseUrl) : await nextDoor(baseUrl);
    },
    /** An agent with a key of its own and money on the chain. */
    async newAgent(key: Hex = generatePrivateKey()) {
      const account = privateKeyToAccount(key);
      await devnet.fund(account.address);
      const on = {
        chain: foundry,
        transport: http(devnet.rpcUrl, { retryCount: 0 }),
        pollingInterval: 20,
      } as const;
      return { account, wallet: createWalletClient({ account, ...on }), reader: createPublicClient(on) };
    },
  };
}

export type ChainSite = Awaited<ReturnType<typeof startChainSite>>;

async function follow(index: { on: boolean }): Promise<void> {
  const { followChainOnce } = await import("@/lib/rails/follow-chain");
  while (index.on) {
    await followChainOnce();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function customDoor(origin: string): Promise<NodeListener> {
  const { lightListener } = await import("@/lib/http/light-listener");
  const { paidDoor } = await import("../paid-door");
  return lightListener(paidDoor, { origin, onError: console.error });
}

async function nextDoor(origin: string): Promise<NodeListener> {
  const { nodeListener } = await import("@/lib/http/node-adapter");
  const route = await import("@/app/api/p/[provider]/[...path]/route");
  const handler = (request: Request) =>
    (route[request.method as keyof typeof route] as (request: Request) => Promise<Response>)(request);
  return nodeListener(handler, { origin, onError: console.error });
}

async function listen(servers: Server[], handler: (...args: Parameters<NodeListener>) => unknown) {
  const server = createServer((incoming, outgoing) => void handler(incoming, outgoing));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Whoever accepts events gets a first one, and then silence. */
async function addNumbers(...[request, response]: Parameters<NodeListener>): Promise<void> {
  if (request.headers.accept === "text/event-stream") {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
    return;
  }
  const { a, b } = JSON.parse(await read(request)) as { a: number; b: number };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ sum: a + b }));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function listing(id: string, endpoint: string) {
  const services = [
    { slug: "add", method: "POST" as const, path: "/add", pricePerCall: 0n },
    { slug: "add-priced", method: "POST" as const, path: "/priced", pricePerCall: 2n * 10n ** 15n },
  ];
  return {
    id,
    owner: OWNER.address.toLowerCase(),
    name: "Adder",
    description: "Adds.",
    endpoint,
    capabilities: ["adding"],
    category: "scientific_computing" as const,
    model: null,
    serviceType: 0,
    depositMs: 14_400_000n,
    graceMs: 900_000n,
    maxConcurrency: 8,
    active: true,
    tierOverrides: {},
    services: services.map((service) => ({
      ...service,
      name: service.slug,
      description: "",
      category: "scientific_computing" as const,
      capability: "adding",
      inputSchema: { type: "object" },
      outputSchema: null,
      pricingModel: service.pricePerCall > 0n ? ("per_unit" as const) : ("per_second" as const),
    })),
  };
}
