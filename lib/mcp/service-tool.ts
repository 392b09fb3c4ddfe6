import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { clientIp } from "@/lib/http/client-ip";
import { idempotencyKey, providerId, text, tierText } from "@/lib/http/schemas";
import type { Door } from "@/lib/market/get-door";
import { describeProblem } from "./describe-problem";
import { innerRequest } from "./inner-request";
import { inputSchema } from "./operation-tool";
import {
  credentialHeader,
  paymentError,
  RECEIPT_META,
  receiptOf,
  SESSION_META,
  sessionHeader,
} from "./payment-binding";
import { readAnswer } from "./read-answer";
import { RPC_CODES, RpcError } from "./rpc-error";
import type { Tool } from "./tool";
import { toolResult } from "./tool-result";

const callServiceInput = z.strictObject({
  providerId,
  service: text(1, 64).meta({ description: "The slug that list_services says." }),
  input: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ description: "As get_service describes it: the JSON body, or the query of a GET." }),
  path: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: "Values for the names in braces of the service's path, if it has any." }),
  tier: tierText.optional(),
  idempotencyKey: idempotencyKey.optional().meta({ description: "The same key never pays twice." }),
});

/** As long as a request line gets through by HTTP: a tool is no way past that. */
const URL_MAX = 8_192;

type Doors = {
  /** @throws ProblemError `provider-not-found` */
  getDoor: (providerId: string) => Promise<Pick<Door, "services">>;
  /** The paid door itself. */
  fetch: (request: Request, context: { clientIp: string }) => Promise<Response>;
};

/**
 * Any paid service as one tool: the call goes through the paid door, and its 402, credential, receipt and session are carried by the MCP
 * binding. The door sees the request that the same call would be by HTTP, so that a challenge binds the same.
 */
export function serviceTool(doors: Doors): Tool {
  return {
    account: false,
    listed: {
      name: "call_service",
      description:
        "Call a paid service of a provider. Unpaid, it is error -32042 with challenges; answer one of them in " +
        '_meta["org.paymentauth/credential"] and call again. A proof opens a stream, tops it up or closes it.',
      inputSchema: inputSchema(callServiceInput),
      annotations: { readOnlyHint: false, idempotentHint: false, openWorldHint: true },
    },
    async call({ arguments: given, meta, request }) {
      const parsed = callServiceInput.safeParse(given);
      if (!parsed.success) throw new RpcError(RPC_CODES.invalidParams, z.prettifyError(parsed.error));
      const { providerId: provider, service: slug, input, path, tier, idempotencyKey: key } = parsed.data;
      const credential = credentialHeader(meta);
      const found = await findService(doors, provider, slug);
      if ("problem" in found) return toolResult(found.problem, { isError: true });
      const { method, door } = found.service;
      const search = method === "GET" ? new URLSearchParams(Object.entries(input).map(asQuery)) : null;
      const url = `${env.ORIGIN}${fillPath(door, path)}${search && search.size > 0 ? `?${search}` : ""}`;
      if (url.length > URL_MAX)
        throw new RpcError(RPC_CODES.invalidParams, "The path and the query are too long.");
      const inner = innerRequest(request, url, {
        method,
        headers: {
          Authorization: credential,
          "Stream-Session": sessionHeader(meta),
          "Stream-Tier": tier,
          "Idempotency-Key": key,
        },
        ...(method === "GET" ? {} : { body: input }),
      });
      const response = await doors.fetch(inner, { clientIp: clientIp(request) });
      const unpaid = await paymentError(response, credential !== undefined);
      if (unpaid) throw unpaid;
      return served(response);
    },
  };
}

async function served(response: Response): Promise<CallToolResult> {
  const answer = await readAnswer(response);
  if (response.headers.get("content-type")?.startsWith("application/problem+json"))
    return toolResult(answer.body as Record<string, unknown>, { isError: true });
  const { headers, status, ok } = response;
  const session = headers.get("stream-session");
  const receipt = answer.voided ? undefined : (answer.receipt ?? receiptOf(response));
  const said = {
    status,
    ...{ body: answer.body, ...(answer.truncated ? { truncated: true } : {}) },
    ...named(headers, {
      requestId: "stream-request",
      runwaySeconds: "stream-runway-seconds",
      remaining: "stream-remaining",
    }),
  };
  const meta = {
    ...(receipt ? { [RECEIPT_META]: receipt } : {}),
    ...(session
      ? { [SESSION_META]: { token: session, expires: headers.get("stream-session-expires") } }
      : {}),
  };
  return toolResult(said, { isError: !ok || answer.voided, meta });
}

type Found = { service: Door["services"][number] } | { problem: Record<string, unknown> };

async function findService(doors: Doors, provider: string, slug: string): Promise<Found> {
  try {
    const { services } = await doors.getDoor(provider);
    const service = services.find((one) => one.slug === slug);
    if (service) return { service };
    throw new ProblemError("service-not-found", `${provider} lists no service ${slug}.`, {
      extensions: { services: services.map((one) => one.slug) },
    });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { problem: describeProblem(error) };
  }
}

/** A value is one part of the path whatever is in it; what is left open the door refuses. */
function fillPath(door: string, values: Record<string, string>): string {
  return door.replace(/\{(\w+)\}/g, (open, name: string) => {
    const value = values[name];
    return value === undefined ? encodeURIComponent(open) : encodeURIComponent(value);
  });
}

function asQuery([name, value]: [string, unknown]): [string, string] {
  return [name, typeof value === "string" ? value : JSON.stringify(value)];
}

function named(headers: Headers, names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, header]) => {
      const value = headers.get(header);
      return value === null ? [] : [[name, value]];
    }),
  );
}
