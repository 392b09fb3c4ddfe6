import "server-only";
import { hkdfSync } from "node:crypto";
import { toHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { env } from "@/lib/env";

// Secrets stay out of what is logged or inspected: only the account, which signs, is kept.
let given: PrivateKeyAccount | undefined;
let derived: PrivateKeyAccount | undefined;

/**
 * The account that the server's own transactions are sent from: OPERATOR_KEY; on a devnet without one, a key derived from SECRET_KEY,
 * so that all servers of one installation have the same.
 *
 * @returns null without a chain, and on a real one without OPERATOR_KEY: nothing is then sent, and no offer made that needs it
 */
export function findOperatorAccount(): PrivateKeyAccount | null {
  const configured = findConfiguredNetwork();
  if (!configured) return null;
  if (env.OPERATOR_KEY) {
    given ??= privateKeyToAccount(env.OPERATOR_KEY);
    return given;
  }
  if (configured.network.chainId !== DEVNET.chainId || env.NETWORK !== "devnet") return null;
  derived ??= privateKeyToAccount(
    toHex(new Uint8Array(hkdfSync("sha256", env.SECRET_KEY, "", "superstream operator", 32))),
  );
  return derived;
}
