import { createWalletClient, http, type PrivateKeyAccount, publicActions } from "viem";
import { foundry } from "viem/chains";
import { devnetUrl } from "./devnet-url";

/** A key's own way to the devnet, past the site: it sends, reads, and looks at the truth. */
export function chainClient(account: PrivateKeyAccount) {
  return createWalletClient({ account, chain: foundry, transport: http(devnetUrl()) }).extend(publicActions);
}
