import "server-only";
import { type Chain, createPublicClient, fallback, http, type PublicClient, type Transport } from "viem";
import { ProblemError } from "@/lib/errors";
import { type ConfiguredNetwork, getConfiguredNetwork } from "./configured-network";
import { viemChain } from "./viem-chain";

export type ChainClient = PublicClient<Transport, Chain>;

/** One answer of a node may take this long; two more tries follow, so a call fails after half a minute at most. */
const TIMEOUT_MS = 10_000;
/** A node that did not answer is left out, and asked again after this long. */
const RETRY_MISSING_MS = 15_000;

type Node = { url: string; checked: boolean };
type Opened = { client: ChainClient; missing: boolean; openedMs: number };

let read: (() => Promise<ChainClient>) | undefined;

/**
 * Reads the configured chain: the first node, and the second when that fails. Both have said that they are on that chain.
 * Several reads at once become one `eth_call` without a contract on the chain, which the devnet does not have.
 *
 * @throws ProblemError `not-configured` without a chain or when a node is on another one, `unavailable` when none answers
 */
export async function publicClient(): Promise<ChainClient> {
  read ??= chainReader(getConfiguredNetwork());
  return read();
}

/** `publicClient` of one configuration: opens at the first call, and again when a node was missing then. */
export function chainReader(configured: ConfiguredNetwork): () => Promise<ChainClient> {
  const nodes = configured.rpcUrls.map((url) => ({ url, checked: false }));
  let opened: Promise<Opened> | undefined;

  function open(): Promise<Opened> {
    const opening = openClient(configured, nodes);
    opening.catch(() => {
      if (opened === opening) opened = undefined; // The next caller tries anew.
    });
    opened = opening;
    return opening;
  }
  return async () => {
    const current = await (opened ?? open());
    const due = current.missing && performance.now() - current.openedMs > RETRY_MISSING_MS;
    return (due ? await open() : current).client;
  };
}

/**
 * A client of one node alone, such as for asking two and comparing.
 *
 * @throws ProblemError as `publicClient` does
 */
export async function nodeClient(configured: ConfiguredNetwork, url: string): Promise<ChainClient> {
  return (await openClient(configured, [{ url, checked: false }])).client;
}

async function openClient({ network }: ConfiguredNetwork, all: readonly Node[]): Promise<Opened> {
  const [first] = all;
  if (!first) throw new Error("A chain without a node.");
  const chain = viemChain(network, first.url);
  const states = await Promise.all(all.map((node) => checkNode(node, chain)));
  const answering = all.filter((_, index) => states[index] === "right");
  if (answering.length === 0)
    throw new ProblemError("unavailable", `No node of ${network.name} answers now. Try again in a minute.`);
  const transports = answering.map(({ url }) => transportTo(url, 2));
  const client = createPublicClient({
    chain,
    transport:
      transports.length > 1 ? fallback(transports, { retryCount: 0 }) : (transports[0] ?? http(first.url)),
    batch: { multicall: { deployless: true } },
    pollingInterval: Math.min(network.blockMs, 4_000),
  });
  return { client, missing: answering.length < all.length, openedMs: performance.now() };
}

/** @throws ProblemError when the node answers for another chain: a wrong one is worse than none */
async function checkNode(node: Node, chain: Chain): Promise<"right" | "silent"> {
  if (node.checked) return "right";
  const client = createPublicClient({ chain, transport: transportTo(node.url, 0) });
  let chainId: number;
  try {
    chainId = await client.getChainId();
  } catch {
    return "silent"; // Its error repeats the address, which may hold a key.
  }
  if (chainId !== chain.id)
    throw new ProblemError(
      "not-configured",
      `A node is on chain ${chainId}, but this server is set to ${chain.id} (${chain.name}): nothing was read from it.`,
    );
  node.checked = true;
  return "right";
}

function transportTo(url: string, retryCount: number) {
  return http(url, { timeout: TIMEOUT_MS, retryCount, retryDelay: 200 });
}
