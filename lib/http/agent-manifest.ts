import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { PaidService } from "@/lib/market/list-paid-services";
import { operations } from "./operations";

export type ManifestAction = {
  name: string;
  endpoint: string;
  method: string;
  pricing: { model: "free" } | { model: "stream"; per_second: string; per_call: string; tier: string };
  auth_required: boolean;
};

/**
 * The manifest for agents that arrive knowing nothing: what can be done here, where, and for how much. It lists what
 * answers and nothing else (a test walks it), and says the plain truth about the money. Version 1.0: members are
 * only ever added.
 */
export function agentManifest(
  services: readonly PaidService[],
  site: { origin: string; network: "devnet" | "mainnet"; chainId: number },
) {
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
      exchange_listed: false,
    },
    payment: {
      method: "ledger",
      intent: "stream",
      chain_id: site.chainId,
      verification_level: "hash-committed",
    },
    actions: [...freeActions(), ...services.map(paidAction)],
    discovery: {
      openapi: "/openapi.json",
      llms: "/llms.txt",
      receipt_keys: "/.well-known/jwks.json",
      registry: "/api/v1/registry",
    },
  };
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

/** The cheapest tier's price; the 402 of the endpoint has all of them. Authorised by payment, not by signing in. */
function paidAction({ provider, service }: PaidService): ManifestAction {
  const [tier, ...others] = provider.tiers;
  if (!tier) throw new Error(`Provider ${provider.id} has no tier.`);
  const cheapest = others.reduce((a, b) => (b.ratePerDay < a.ratePerDay ? b : a), tier);
  return {
    name: `${provider.id}.${service.slug}`,
    endpoint: service.door,
    method: service.method,
    pricing: {
      model: "stream",
      per_second: String(cheapest.flowRatePerSecond),
      per_call: String(service.pricePerCall),
      tier: cheapest.name,
    },
    auth_required: false,
  };
}
