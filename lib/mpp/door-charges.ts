import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { pool } from "@/lib/db/pool";
import { findOperatorAccount } from "@/lib/outbox/operator-account";
import { passOutbox } from "@/lib/outbox/run-outbox";
import { storeAssets } from "@/lib/rails/chain-assets";
import type { Authorization } from "./charge-authorization";
import { type ChargeToken, readChargeToken } from "./charge-token";
import type { DoorChain } from "./door-chain";
import type { DoorLedger } from "./door-types";
import { fundByCharge } from "./fund-by-charge";
import { type ChargeState, type ChargeUse, type SettleTools, settleCharge } from "./settle-charge";

/** A request waits for its payment so long; on a devnet it takes less than a second. */
const PATIENCE_MS = 8_000;
const POLL_MS = 60;

/** Single payments at the door. */
export type DoorCharges = {
  /** What they are made in; null while the chain does not say, and where the token takes none. Never throws. */
  token: () => Promise<ChargeToken | null>;
  settle: (token: ChargeToken, authorization: Authorization, use: ChargeUse) => Promise<ChargeState>;
  fund: (
    ledger: DoorLedger,
    funding: {
      token: ChargeToken;
      authorization: Authorization;
      credit: bigint;
      providerId: string;
      tier: string;
    },
  ) => Promise<string>;
};

/** The configured ones. @returns null without a chain, or without a key to settle with: no offer is made then */
export function findDoorCharges(chain: DoorChain | null): DoorCharges | null {
  const account = findOperatorAccount();
  const configured = findConfiguredNetwork();
  if (!chain || !account || !configured) return null;
  return doorCharges(chain, account.address, {
    db: pool,
    pass: passOutbox,
    prepare: () => storeAssets(pool(), configured.network),
  });
}

/** @param tools.prepare done once, before the first payment: its asset has to be known to the ledger */
export function doorCharges(
  chain: DoorChain,
  payTo: ChargeToken["payTo"],
  tools: {
    db: () => SettleTools["db"];
    pass: SettleTools["pass"];
    prepare: () => Promise<void>;
    patience?: SettleTools["patience"];
  },
): DoorCharges {
  const { db, pass, prepare, patience = { patienceMs: PATIENCE_MS, pollMs: POLL_MS } } = tools;
  let read: Promise<ChargeToken | null> | undefined;
  let prepared: Promise<void> | undefined;

  return {
    token() {
      read ??= readChargeToken(chain, payTo).catch(() => {
        read = undefined; // The next asks again.
        return null;
      });
      return read;
    },
    async settle(token, authorization, use) {
      prepared ??= prepare();
      await prepared.catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      return settleCharge(token, authorization, use, { db: db(), client: chain.client, pass, patience });
    },
    fund: (ledger, funding) => fundByCharge(db(), ledger, funding),
  };
}
