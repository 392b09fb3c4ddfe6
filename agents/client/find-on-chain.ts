/** What an agent has open on its chain, as the chain says. */
import { type Address, isAddressEqual } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaAbi } from "@/contracts-abi/superfluid";
import { findNetwork } from "@/lib/chain/networks";
import type { Allocation } from "@/lib/domain/flow-allocations";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import type { StreamPayPlace } from "@/lib/rails/streampay/token-stream";
import { decodeFlowTable } from "@/lib/rails/superfluid/flow-table";
import type { SuperfluidPlace } from "@/lib/rails/superfluid/superfluid-calls";
import { type ChainWallet, walletAddress } from "./chain-wallet";
import { PaymentRefused } from "./spending-caps";

/** How far back the words of a running flow are looked for, in `eth_getLogs` of the network's range. */
const MOST_LOOKS = 50;
/** Ids that one view of `StreamPay` looks through. */
const ID_SPAN = 2_000n;

/** The sender's youngest open escrow for the provider; null when there is none. */
export async function findEscrow(
  chain: ChainWallet,
  { streamPay, token }: StreamPayPlace,
  { recipient, methodDetails }: ChainRequest,
): Promise<bigint | null> {
  const contract = { address: streamPay, abi: streamPayAbi } as const;
  let youngest: bigint | null = null;
  for (let fromId = 1n; fromId !== 0n; ) {
    const [ids, nextId] = await chain.reader.readContract({
      ...contract,
      functionName: "streamIdsBySender",
      args: [walletAddress(chain), fromId, ID_SPAN],
    });
    for (const id of ids) {
      const info = await chain.reader.readContract({ ...contract, functionName: "streamInfo", args: [id] });
      const ours =
        info.open &&
        isAddressEqual(info.recipient, recipient as Address) &&
        isAddressEqual(info.token, token.address) &&
        info.providerId === BigInt(methodDetails.tag);
      if (ours) youngest = id;
    }
    fromId = nextId;
  }
  return youngest;
}

/**
 * What the sender said last of its running flow to the receiver.
 *
 * @throws PaymentRefused `needs-human` when that cannot be found: changing the flow could end another plan
 */
export async function findTable(
  chain: ChainWallet,
  place: SuperfluidPlace,
  request: ChainRequest,
): Promise<readonly Allocation[]> {
  const network = findNetwork(request.methodDetails.chainId);
  if (!network) throw new Error("The terms were checked against the table.");
  const range = BigInt(network.logsQueryRange);
  let toBlock = await chain.reader.getBlockNumber();
  for (let look = 0; look < MOST_LOOKS && toBlock >= BigInt(network.startBlock); look += 1) {
    const fromBlock = toBlock > range ? toBlock - range + 1n : 0n;
    const logs = await chain.reader.getContractEvents({
      address: place.cfa,
      abi: cfaAbi,
      eventName: "FlowUpdated",
      args: {
        token: place.token.address,
        sender: walletAddress(chain),
        receiver: request.recipient as Address,
      },
      fromBlock,
      toBlock,
      strict: true,
    });
    const table = logs.map(({ args }) => decodeFlowTable(args.userData)).findLast((each) => each !== null);
    if (table) return table;
    if (fromBlock === 0n) break;
    toBlock = fromBlock - 1n;
  }
  throw new PaymentRefused(
    "needs-human",
    "A flow to this receiver runs, and what it pays for is not known: change it by hand.",
  );
}

/** Blocks upon a transaction until its money counts. */
export function confirmationsOf({ methodDetails }: ChainRequest): number {
  return findNetwork(methodDetails.chainId)?.confirmations ?? 1;
}
