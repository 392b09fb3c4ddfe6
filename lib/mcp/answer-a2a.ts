import "server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { logger } from "@/lib/log";
import { describeProblem } from "./describe-problem";
import { readRpc, refuseRpc } from "./read-rpc";
import { RPC_CODES, RpcError } from "./rpc-error";
import type { Tool } from "./tool";

/** The version of A2A that is spoken, and no other: `A2A-Version`, absent means 0.3 (specification 3.6.2). */
export const A2A_VERSION = "1.0";

type Json = Record<string, unknown>;

const text = z.object({ text: z.string() });
const order = z.object({
  data: z.object({ skill: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) }),
});
/** Unknown members are ignored, as ProtoJSON readers do. */
const sendMessageInput = z.object({
  message: z.object({
    messageId: z.string().min(1).max(200),
    role: z.literal("ROLE_USER"),
    parts: z
      .array(z.union([order, text, z.object({})]))
      .min(1)
      .max(16),
    contextId: z.string().max(200).optional(),
  }),
});

/** What this agent does not do, each by the code that the specification has for it (5.4). Nothing here outlives its answer: no tasks. */
const REFUSED: Record<string, readonly [code: number, reason: string, message: string]> = {
  ...named(
    ["GetTask", "CancelTask"],
    -32_001,
    "TASK_NOT_FOUND",
    "There are no tasks: a message is answered at once.",
  ),
  ...named(
    ["SendStreamingMessage", "SubscribeToTask", "GetExtendedAgentCard"],
    ...([-32_004, "UNSUPPORTED_OPERATION", "This agent does not do that: its card says so."] as const),
  ),
  ...named(
    ["Create", "Get", "Delete"].map((verb) => `${verb}TaskPushNotificationConfig`),
    ...([-32_003, "PUSH_NOTIFICATION_NOT_SUPPORTED", "This agent pushes nothing."] as const),
  ),
  ...named(
    ["ListTaskPushNotificationConfigs"],
    -32_003,
    "PUSH_NOTIFICATION_NOT_SUPPORTED",
    "This agent pushes nothing.",
  ),
};

/**
 * Answers one JSON-RPC message of A2A 1.0 (specification 9): `SendMessage` with a data part `{skill, arguments}` runs that tool and
 * answers by a message with its result. The tools are those of MCP; what is paid is called there, or at the door.
 */
export async function answerA2a(request: Request, { tools }: { tools: readonly Tool[] }): Promise<Response> {
  let message: Json;
  try {
    message = await readRpc(request);
  } catch (error) {
    return refuseRpc(error);
  }
  const { id = null, method, params } = message;
  try {
    const result = await run(request, String(method), params, tools);
    return Response.json({ jsonrpc: "2.0", id, result }, { headers: { "Cache-Control": "no-store" } });
  } catch (error) {
    return Response.json(
      { jsonrpc: "2.0", id, error: rpcError(error) },
      { headers: { "Cache-Control": "no-store" } },
    );
  }
}

async function run(request: Request, method: string, params: unknown, tools: readonly Tool[]): Promise<Json> {
  const spoken = request.headers.get("a2a-version") ?? new URL(request.url).searchParams.get("A2A-Version");
  if (spoken !== A2A_VERSION)
    throw new A2aError(-32_009, "VERSION_NOT_SUPPORTED", `Send A2A-Version: ${A2A_VERSION}.`);
  if (method === "ListTasks") return { tasks: [], nextPageToken: "", pageSize: 50, totalSize: 0 };
  const refused = REFUSED[method];
  if (refused) throw new A2aError(...refused);
  if (method !== "SendMessage") throw new A2aError(-32_601, "METHOD_NOT_FOUND", "There is no such method.");

  const parsed = sendMessageInput.safeParse(params);
  if (!parsed.success) throw new RpcError(RPC_CODES.invalidParams, z.prettifyError(parsed.error));
  const { parts, contextId = randomUUID() } = parsed.data.message;
  const data = parts.flatMap((part) => ("data" in part ? [part.data] : []));
  const [wanted, ...more] = data;
  if (!wanted || more.length > 0) return answer(contextId, [{ text: howToAsk(tools) }]);
  const tool = tools.find(({ listed }) => listed.name === wanted.skill);
  if (!tool)
    throw new RpcError(RPC_CODES.invalidParams, "There is no such skill: the agent card has all of them.");
  const result = await tool.call({ arguments: wanted.arguments, meta: {}, request });
  return answer(
    contextId,
    [{ data: result.structuredContent, mediaType: "application/json" }],
    result.isError,
  );
}

function answer(contextId: string, parts: Json[], refused = false): Json {
  const metadata = refused ? { metadata: { refused: true } } : {};
  return { message: { messageId: randomUUID(), contextId, role: "ROLE_AGENT", parts, ...metadata } };
}

function howToAsk(tools: readonly Tool[]): string {
  const names = tools.map(({ listed }) => listed.name).join(", ");
  return `Send one data part {"skill": "…", "arguments": {…}}. Skills: ${names}. Their arguments: tools/list of /api/mcp.`;
}

class A2aError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

function rpcError(error: unknown): Json {
  if (error instanceof A2aError) {
    const info = {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: error.reason,
      domain: "a2a-protocol.org",
    };
    return { code: error.code, message: error.message, data: [info] };
  }
  if (error instanceof RpcError) return { code: error.code, message: error.message };
  logger.error({ error }, "A skill failed");
  return { code: RPC_CODES.internal, message: describeProblem(error).detail };
}

function named(methods: readonly string[], ...refusal: readonly [number, string, string]) {
  return Object.fromEntries(methods.map((method) => [method, refusal]));
}
