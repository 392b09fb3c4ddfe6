import type { CallToolResult, Tool as ListedTool } from "@modelcontextprotocol/sdk/types.js";

/** One call of a tool, with the HTTP request that carried it. */
export type ToolCall = {
  arguments: Record<string, unknown>;
  /** What came under `_meta`, from either of the two places where a client may put it. */
  meta: Record<string, unknown>;
  request: Request;
};

/** One tool: what `tools/list` says of it, and what runs it. */
export type Tool = {
  listed: ListedTool;
  /** Whether it acts for a signed-in account. */
  account: boolean;
  /** @throws RpcError for what the protocol answers by an error: wrong arguments, and payment */
  call: (call: ToolCall) => Promise<CallToolResult>;
};
