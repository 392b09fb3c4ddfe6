import "server-only";
import { doorTools } from "./paid-door";
import { createVerifier } from "./verify-call";

// As the door itself: routes of Next are bundles of their own in one process.
const shared = globalThis as typeof globalThis & { superstreamVerifier?: ReturnType<typeof createVerifier> };

/** The verifier over this process's market, ledger and chain. */
export function verifyPayment(
  ...asked: Parameters<ReturnType<typeof createVerifier>>
): ReturnType<ReturnType<typeof createVerifier>> {
  shared.superstreamVerifier ??= createVerifier(doorTools());
  return shared.superstreamVerifier(...asked);
}
