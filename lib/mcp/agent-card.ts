import { A2A_VERSION } from "./answer-a2a";
import type { Tool } from "./tool";

/**
 * The A2A agent card (specification 4.4.1, version 1.0): who answers at `url`, and its skills, which are the tools that cost nothing to call.
 *
 * @param tools what `SendMessage` takes
 */
export function agentCard(tools: readonly Tool[], { origin, url }: { origin: string; url: string }) {
  return {
    name: "Superstream",
    description:
      "A marketplace where agents buy services by the second: browse providers, get a quote, open, top up and close streams of money, " +
      "verify receipts. Paid calls themselves go to a provider's door by HTTP 402, or through the MCP server.",
    supportedInterfaces: [{ url, protocolBinding: "JSONRPC", protocolVersion: A2A_VERSION }],
    version: "1.0.0",
    documentationUrl: `${origin}/llms.txt`,
    capabilities: { streaming: false, pushNotifications: false, extendedAgentCard: false },
    securitySchemes: {
      session: {
        httpAuthSecurityScheme: {
          scheme: "Bearer",
          description:
            "The token of POST /api/v1/auth/session. Skills that act for an account need it; the others need nothing.",
        },
      },
    },
    defaultInputModes: ["application/json"],
    defaultOutputModes: ["application/json"],
    skills: tools.map(skillOf),
  };
}

/** The parts of the specification's `AgentSkill`; how to ask is in `examples`, as the data part that is sent. */
function skillOf({ account, listed: { name, description = "", inputSchema, annotations } }: Tool) {
  const needed = Object.fromEntries((inputSchema.required ?? []).map((argument) => [argument, "…"]));
  return {
    id: name,
    name: name.replaceAll("_", " "),
    description,
    tags: ["marketplace", "payments", annotations?.readOnlyHint ? "reads" : "changes"],
    examples: [JSON.stringify({ skill: name, arguments: needed })],
    ...(account ? { securityRequirements: [{ schemes: { session: { list: [] } } }] } : {}),
  };
}
