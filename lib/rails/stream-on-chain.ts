import { ProblemError } from "@/lib/errors";
import type { ToSign } from "./allowance";

/**
 * The refusal of a change that a stream's chain alone can make. Its members carry the calls to sign, and the allowance that makes them one;
 * an empty list says that the rail has no such change.
 */
export function streamOnChain(
  of: { streamId: string; rail: string; chainId: number | null },
  { calls, allowance }: ToSign,
  cause?: unknown,
): ProblemError {
  const detail =
    calls.length > 0
      ? "The stream's money is on a chain: sign the calls with your wallet, and the change is seen within a few blocks. Nothing was moved."
      : `The stream's money is on a chain, and a ${of.rail} stream has no such change. Nothing was moved.`;
  return new ProblemError("stream-on-chain", detail, {
    extensions: { ...of, calls, ...(allowance ? { allowance } : {}) },
    cause,
  });
}
