import { Challenge } from "mppx";
import { Mppx } from "mppx/client";
import { createPublicClient, createWalletClient, http, type LocalAccount } from "viem";
import type { Network } from "@/lib/chain/network";
import { viemChain } from "@/lib/chain/viem-chain";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import { type ChainStreamOptions, streampayStream, superfluidStream } from "../client/chain-stream";
import { closeOnChain } from "../client/close-on-chain";
import type { SpendingCaps } from "../client/spending-caps";
import { streamFetch } from "../client/stream-fetch";

export type RailName = "ledger" | "superfluid" | "streampay";

/** How the agent pays. */
export type PaymentRail = {
  name: RailName;
  /** A `fetch` that opens a stream with this deposit when it is asked to pay, inside the caps. */
  payer: (wish: { caps: SpendingCaps; deposit: bigint; tier: string }) => typeof fetch;
  /** Null on the ledger, whose site closes streams and tells the time. */
  chain: {
    /** Of the newest block, in Unix milliseconds: what is opened later starts later. */
    nowMs: () => Promise<number>;
    /**
     * Ends the stream to the provider of a service, if one is open.
     *
     * @param url of a paid service, whose challenge names the contracts @param caps as when it was opened
     * @returns whether there was one
     */
    close: (url: string, method: string, caps: SpendingCaps) => Promise<boolean>;
  } | null;
};

export function ledgerRail(account: LocalAccount, network: typeof fetch = fetch): PaymentRail {
  return {
    name: "ledger",
    payer: (wish) => streamFetch({ account, fetch: network, fresh: true, ...wish }),
    chain: null,
  };
}

/** @param place.rpc of a node of that chain @param place.streamPay only outside the devnet */
export function chainRail(
  name: "superfluid" | "streampay",
  account: LocalAccount,
  place: { network: Network; rpc: string; streamPay?: `0x${string}` },
): PaymentRail {
  const chain = { chain: viemChain(place.network, place.rpc), transport: http(place.rpc) };
  const optionsWith = (caps: SpendingCaps): ChainStreamOptions => ({
    caps,
    wallet: createWalletClient({ account, ...chain }),
    reader: createPublicClient({ ...chain, pollingInterval: Math.min(place.network.blockMs, 1_000) }),
    waitMs: 500,
    ...(place.streamPay ? { streamPay: place.streamPay } : {}),
  });
  const methodOf = name === "superfluid" ? superfluidStream : streampayStream;
  return {
    name,
    payer({ caps, deposit, tier }) {
      const methods = [methodOf({ ...optionsWith(caps), deposit })];
      const mppx = Mppx.create({ polyfill: false, methods, maxPaymentRetries: 20 });
      return (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set("Stream-Tier", tier);
        return mppx.fetch(input, { ...init, headers });
      };
    },
    chain: {
      async nowMs() {
        const { timestamp } = await createPublicClient(chain).getBlock({ blockTag: "latest" });
        return Number(timestamp) * 1_000;
      },
      async close(url, method, caps) {
        const unpaid = await fetch(url, { method });
        const challenge = Challenge.fromResponseList(unpaid).find((each) => each.method === name);
        if (!challenge) throw new Error(`${url} takes no ${name}.`);
        const request = challenge as Challenge.Challenge & { request: ChainRequest };
        return (await closeOnChain(optionsWith(caps), request)) !== null;
      },
    },
  };
}
