import { createWalletClient, type Hex, http, type PrivateKeyAccount, publicActions } from "viem";
import { gasLimit } from "@/lib/chain/gas";
import type { WalletNetwork } from "@/lib/chain/network";
import { viemChain } from "@/lib/chain/viem-chain";
import type { ChainCall } from "@/lib/rails/chain-call";

/** Sends a transaction of the demo wallet to the devnet's node. @throws Error of viem; `decodeError` puts it into words */
export async function sendFromDemoAccount(
  network: WalletNetwork,
  account: PrivateKeyAccount,
  { to, data, value }: Pick<ChainCall, "to" | "data" | "value">,
): Promise<Hex> {
  if (!network.rpcUrl) throw new Error("This installation has no chain.");
  const chain = viemChain(network, network.rpcUrl);
  const client = createWalletClient({ account, chain, transport: http(network.rpcUrl) }).extend(
    publicActions,
  );
  const call = { account, to, data, value };
  return client.sendTransaction({ ...call, gas: gasLimit(await client.estimateGas(call)) });
}
