import "server-only";
import { getAbiItem, type Hex } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { findNetwork } from "@/lib/chain/networks";
import type { ChainClient } from "@/lib/chain/public-client";
import { fitsExpected } from "@/lib/outbox/fits-expected";
import type { Authorization } from "./charge-authorization";
import type { ChargeToken } from "./charge-token";
import { transferOf } from "./transfer-of";

/** How far back it is looked for: an authorisation that we settle lives for minutes. */
const BLOCKS_BACK = 5_000n;

/**
 * The transaction in which somebody else has sent an authorisation that was meant for us: whoever sees it may, and the money comes to
 * us all the same. Believed as our own would be: the token says that this nonce was used, the very next log is the transfer to us of
 * exactly this amount, and it lies as deep as the network asks for.
 *
 * @returns null when there is none, or not deep enough yet
 */
export async function findSettlement(
  token: Pick<ChargeToken, "chainId" | "address" | "confirmations">,
  by: Pick<Authorization, "from" | "to" | "value" | "nonce">,
  client: ChainClient,
): Promise<Hex | null> {
  const network = findNetwork(token.chainId);
  const head = await client.getBlockNumber({ cacheTime: 0 });
  const to = head - BigInt(token.confirmations) + 1n;
  const back = BigInt(network?.logsQueryRange ?? 1_000);
  const from = to - (back < BLOCKS_BACK ? back : BLOCKS_BACK);
  const [used] = await client.getLogs({
    address: token.address,
    event: getAbiItem({ abi: testUsdcAbi, name: "AuthorizationUsed" }),
    args: { authorizer: by.from, nonce: by.nonce },
    fromBlock: from > 0n ? from : 0n,
    toBlock: to,
  });
  if (!used) return null;
  const receipt = await client.getTransactionReceipt({ hash: used.transactionHash });
  const next = receipt.logs.find(({ logIndex }) => logIndex === used.logIndex + 1);
  const paid =
    receipt.status === "success" && next !== undefined && fitsExpected(next, transferOf(token, by));
  return paid ? used.transactionHash : null;
}
