import { type Address, erc20Abi, type Hash, isAddressEqual } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaAbi, cfaV1ForwarderAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { findNetwork } from "@/lib/chain/networks";
import { divCeil } from "@/lib/domain/amount";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import { createCalls, topUpCalls } from "@/lib/rails/streampay/streampay-calls";
import type { StreamPayPlace } from "@/lib/rails/streampay/token-stream";
import { decodeFlowTable } from "@/lib/rails/superfluid/flow-table";
import {
  openCalls,
  type SuperfluidPlace,
  wrapAmount,
  wrapCalls,
} from "@/lib/rails/superfluid/superfluid-calls";
import { type ChainWallet, sendCalls, walletAddress } from "./chain-wallet";
import { PaymentRefused } from "./spending-caps";

/** How far back the words of a running flow are looked for, in `eth_getLogs` of the network's range. */
const MOST_LOOKS = 50;
/** Ids that one view of `StreamPay` looks through. */
const ID_SPAN = 2_000n;

/**
 * Locks `deposit` base units in `StreamPay`, as much time as that buys at the asked rate.
 *
 * @returns the hash of the opening, which has its confirmations
 */
export async function openEscrow(
  chain: ChainWallet,
  place: StreamPayPlace,
  request: ChainRequest,
  deposit: bigint,
): Promise<Hash> {
  const { rate, tag } = request.methodDetails;
  const [amount, seconds] = [BigInt(rate.amount), BigInt(rate.periodSeconds)];
  const durationSeconds = (deposit * seconds) / amount || 1n;
  const allowance = await chain.reader.readContract({
    address: place.token.address,
    abi: erc20Abi,
    functionName: "allowance",
    args: [walletAddress(chain), place.streamPay],
  });
  const terms = {
    recipient: request.recipient as Address,
    // Rounded up: rounded down it would be slower than the tier.
    amount: divCeil(amount * durationSeconds, seconds),
    durationSeconds,
    tag: BigInt(tag),
  };
  return sendCalls(chain, createCalls(place, terms, { allowance }), confirmationsOf(request));
}

/**
 * Opens the plan's share of the flow to its receiver, or changes it, and wraps what is missing for the buffer and `deposit` base units.
 *
 * @returns the hash of the opening, which has its confirmations
 * @throws PaymentRefused `needs-human` when a flow to the receiver runs whose words cannot be found: changing it could end another plan
 */
export async function openFlow(
  chain: ChainWallet,
  place: SuperfluidPlace,
  request: ChainRequest,
  deposit: bigint,
): Promise<Hash> {
  const { reader } = chain;
  const sender = walletAddress(chain);
  const receiver = request.recipient as Address;
  const token = place.token.address;
  const forwarder = { address: place.cfaForwarder, abi: cfaV1ForwarderAbi } as const;
  const plan = { tag: BigInt(request.methodDetails.tag), rate: BigInt(request.amount) };
  const [rate, buffer, [available], allowance] = await Promise.all([
    reader.readContract({ ...forwarder, functionName: "getFlowrate", args: [token, sender, receiver] }),
    reader.readContract({
      ...forwarder,
      functionName: "getBufferAmountByFlowrate",
      args: [token, plan.rate],
    }),
    reader.readContract({
      address: token,
      abi: superTokenAbi,
      functionName: "realtimeBalanceOfNow",
      args: [sender],
    }),
    place.underlying
      ? reader.readContract({
          address: place.underlying.address,
          abi: erc20Abi,
          functionName: "allowance",
          args: [sender, token],
        })
      : 0n,
  ]);
  const table = rate === 0n ? [] : await findTable(chain, place, request);
  const missing = buffer + deposit - available;
  const amount = missing > 0n ? wrapAmount(place, missing) : 0n;
  const calls = openCalls(place, { sender, receiver, rate, table }, plan, { amount, allowance });
  return sendCalls(chain, calls, confirmationsOf(request));
}

/**
 * Adds to the sender's open escrow for this provider, the youngest one.
 *
 * @throws PaymentRefused `needs-human` when the chain has none
 */
export async function topUpEscrow(
  chain: ChainWallet,
  place: StreamPayPlace,
  request: ChainRequest,
  amount: bigint,
): Promise<Hash> {
  const { reader } = chain;
  const sender = walletAddress(chain);
  const streamId = await findEscrow(chain, place, request);
  if (streamId === null)
    throw new PaymentRefused("needs-human", "StreamPay has no open stream of this sender for the provider.");
  const allowance = await reader.readContract({
    address: place.token.address,
    abi: erc20Abi,
    functionName: "allowance",
    args: [sender, place.streamPay],
  });
  return sendCalls(chain, topUpCalls(place, { streamId, amount, allowance }), confirmationsOf(request));
}

/** Wraps `amount` base units more, which keep all flows of the sender running. */
export async function wrapMore(
  chain: ChainWallet,
  place: SuperfluidPlace,
  request: ChainRequest,
  amount: bigint,
): Promise<Hash> {
  const sender = walletAddress(chain);
  const allowance = place.underlying
    ? await chain.reader.readContract({
        address: place.underlying.address,
        abi: erc20Abi,
        functionName: "allowance",
        args: [sender, place.token.address],
      })
    : 0n;
  const calls = wrapCalls(place, sender, { amount: wrapAmount(place, amount), allowance });
  return sendCalls(chain, calls, confirmationsOf(request));
}

async function findEscrow(
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

/** What the sender said of its running flow last, the newest first. */
async function findTable(chain: ChainWallet, place: SuperfluidPlace, request: ChainRequest) {
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

function confirmationsOf({ methodDetails }: ChainRequest): number {
  return findNetwork(methodDetails.chainId)?.confirmations ?? 1;
}
