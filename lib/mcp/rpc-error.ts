/** Codes of JSON-RPC 2.0, and of its payment binding (draft-payment-transport-mcp-00). */
export const RPC_CODES = {
  parseError: -32_700,
  invalidRequest: -32_600,
  invalidParams: -32_602,
  internal: -32_603,
  paymentRequired: -32_042,
  paymentFailed: -32_043,
} as const;

/** An answer by a JSON-RPC error. The SDK puts `code`, the message and `data` on the wire as they are. */
export class RpcError extends Error {
  override readonly name = "RpcError";

  constructor(
    readonly code: (typeof RPC_CODES)[keyof typeof RPC_CODES],
    message: string,
    readonly data?: Record<string, unknown>,
  ) {
    super(message);
  }
}
