import type { PaidService } from "@/lib/market/list-paid-services";
import { paths } from "@/lib/paths";
import { agentManifest, type ManifestAction, type ManifestSite } from "./agent-manifest";

/** Services that take a prompt, by their slugs. */
const INFERENCE = new Set(["inference", "chat-completions"]);

/** Actions of a Tirami node that this site does not have. */
const NOT_OFFERED = ["agent_message", "agent_task", "lend_offer", "stake", "governance_propose"];

/**
 * The same manifest for agents that look for a Tirami node: its members, its names for those of its actions that exist here, and true
 * values in all of them. What does not exist is named under `not_offered` and has no endpoint.
 */
export function tiramiManifest(services: readonly PaidService[], site: ManifestSite) {
  const manifest = agentManifest(services, site);
  const inference = services
    .filter(({ service }) => INFERENCE.has(service.slug))
    .flatMap(({ provider, service }) =>
      manifest.actions.filter(({ name }) => name === `${provider.id}.${service.slug}`),
    );
  return {
    ...manifest,
    compatible_with: "tirami agent manifest 1.0",
    actions: [
      ...inference.map((action) => ({ ...action, name: "inference" })),
      ...ALIASES,
      ...manifest.actions,
    ],
    not_offered: [...(inference.length > 0 ? [] : ["inference"]), ...NOT_OFFERED],
  };
}

const free = (name: string, endpoint: string, method: string): ManifestAction => ({
  ...{ name, endpoint, method },
  pricing: { model: "free" },
  auth_required: false,
});

const ALIASES = [
  free("pricing_query", paths.api.planStream, "POST"),
  free("peer_discovery", "/api/v1/providers", "GET"),
  free("metrics", "/api/v1/status", "GET"),
];
