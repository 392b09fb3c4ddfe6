import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { PaidService } from "@/lib/market/list-paid-services";
import { toolNames } from "@/lib/mcp/tool-names";
import { offersOf, type PaymentWays } from "@/lib/mpp/payment-ways";
import { paths } from "@/lib/paths";
import { operations } from "./operations";
import { paymentMethods } from "./payment-methods";

export type ManifestAction = {
  name: string;
  endpoint: string;
  method: string;
  pricing:
    | { model: "free" }
    | { model: "stream"; per_second: string; per_call: string; tier: string; methods: string[] };
  auth_required: boolean;
};

export type ManifestSite = { origin: string; network: "devnet" | "mainnet"; ways: PaymentWays };

/**
 * The manifest for agents that arrive knowing nothing: what can be done here, where, and for how much. It lists what
 * answers and nothing else (a test walks it), and says the plain truth about the money. Version 1.0: members are
 * only ever added.
 */
export function agentManifest(services: readonly PaidService[], site: ManifestSite) {
  const { ways } = site;
  return {
    schema_version: "1.0",
    name: "Superstream",
    protocol: "mpp",
    node_id: new URL(site.origin).host,
    network: site.network,
    currency: {
      unit: LEDGER_ASSET.symbol,
      decimals: LEDGER_ASSET.decimals,
      pegged_to: "USD",
      play_money: site.network === "devnet",
      // A dollar is no measure of computing, and the ledger has no supply of its own to cap.
      anchor_flops_per_unit: null,
      anchor_constitutional: false,
      supply_cap: null,
      exchange_listed: false,
    },
    payment: {
      method: "ledger",
      intent: "stream",
      chain_id: ways.chainId,
      verification_level: "hash-committed",
      methods: paymentMethods(ways),
    },
    actions: [...freeActions(), ...services.map((paid) => paidAction(paid, ways))],
    discovery: {
      openapi: paths.openapi,
      openapi_full: paths.wholeOpenapi,
      llms: paths.llms,
      skill: paths.skill,
      agent_card: paths.agentCard,
      receipt_keys: paths.jwks,
      registry: "/api/v1/registry",
      mcp: mcpDescription(site.network),
    },
    maintainer_stance: {
      exchange_listed: false,
      ico_or_presale: false,
      team_treasury: false,
      mainnet_operated_by_maintainers: false,
      note: "Superstream has no token of its own: prices are dollars. Whoever runs an installation operates it; the maintainers hold no money of its users.",
      reference: `${site.origin}${paths.docs}`,
    },
  };
}

function mcpDescription(network: ManifestSite["network"]) {
  const tools = toolNames(network);
  return { endpoint: paths.api.mcp, transport: "streamable-http", tool_count: tools.length, tools };
}

function freeActions(): ManifestAction[] {
  return operations
    .filter(({ auth }) => auth === "none" || auth === "account")
    .map(({ id, path, method, auth }) => ({
      name: id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      endpoint: path,
      method,
      pricing: { model: "free" as const },
      auth_required: auth === "account",
    }));
}

/** The cheapest tier's price in the ledger's dollar; the 402 of the endpoint has all of them. Authorised by payment, not by signing in. */
function paidAction(paid: PaidService, ways: PaymentWays): ManifestAction {
  const { provider, service } = paid;
  const [cheapest] = offersOf(paid, ways);
  if (!cheapest) throw new Error(`Provider ${provider.id} has no tier.`);
  const [ledger] = cheapest.streams;
  return {
    name: `${provider.id}.${service.slug}`,
    endpoint: service.door,
    method: service.method,
    pricing: {
      model: "stream",
      per_second: ledger.request.amount,
      per_call: String(service.pricePerCall),
      tier: cheapest.tier,
      methods: [
        ...cheapest.streams.map(({ method }) => `${method}/stream`),
        ...(cheapest.charge ? ["evm/charge", "x402/exact"] : []),
      ],
    },
    auth_required: false,
  };
}
