import type { Address, Hash } from "viem";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import { cancelCall } from "@/lib/rails/streampay/streampay-calls";
import { closeCall } from "@/lib/rails/superfluid/superfluid-calls";
import type { ChainStreamOptions } from "./chain-stream";
import { sendCalls, walletAddress } from "./chain-wallet";
import { checkChainTerms } from "./check-chain-terms";
import { confirmationsOf, findEscrow, findTable } from "./find-on-chain";

/**
 * Ends the agent's stream to the provider of a challenge, with one transaction: an escrow gives the rest back, a flow its buffer. Other plans of the
 * same flow run on.
 *
 * @param challenge of the rail that the stream is on, such as one out of a 402
 * @returns the hash of the transaction, which has its confirmations; null when nothing is open
 */
export async function closeOnChain(
  options: ChainStreamOptions,
  { request, realm }: { request: ChainRequest; realm: string },
): Promise<Hash | null> {
  const { wallet, reader, caps, streamPay } = options;
  const trusted = { chainId: wallet.chain.id, ...(streamPay ? { streamPay } : {}) };
  const { superfluid, streampay } = checkChainTerms(request, realm, caps, trusted);
  const confirmations = confirmationsOf(request);
  if (streampay) {
    const id = await findEscrow(options, streampay, request);
    return id === null ? null : sendCalls(options, [cancelCall(streampay.streamPay, id)], confirmations);
  }
  if (!superfluid) return null;
  const sender = walletAddress(options);
  const receiver = request.recipient as Address;
  const rate = await reader.readContract({
    address: superfluid.cfaForwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "getFlowrate",
    args: [superfluid.token.address, sender, receiver],
  });
  if (rate === 0n) return null;
  const flow = { sender, receiver, rate, table: await findTable(options, superfluid, request) };
  const tag = BigInt(request.methodDetails.tag);
  if (!flow.table.some((row) => row.tag === tag)) return null;
  return sendCalls(options, [closeCall(superfluid, flow, [tag])], confirmations);
}
