import type { Config } from "wagmi";
import { getConnection, reconnect } from "wagmi/actions";

const underWay = new WeakMap<Config, Promise<unknown>>();

/**
 * Brings back the wallet from before a reload, without asking the person. wagmi does it once at a time and tells a second caller at once
 * that there is none: here everybody waits for the same answer.
 */
export async function reconnectWallet(config: Config): Promise<void> {
  // When its modal closes, wagmi forgets the wallet and keeps the status; while it brings one back, the address is there before the wallet.
  const { status, address } = getConnection(config);
  if (status === "connected" && address) return;
  const going = underWay.get(config) ?? reconnect(config).finally(() => underWay.delete(config));
  underWay.set(config, going);
  await going;
}
