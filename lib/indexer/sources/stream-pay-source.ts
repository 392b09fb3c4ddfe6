import type { Address } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { eventsOf } from "../events-of";
import { accountSubject, type LogSource } from "../log-source";

/** Of one stream of StreamPay. @param contract in any case @param id as the contract counts */
export function streamPaySubject(contract: string, id: bigint | string): string {
  return `streampay:${contract.toLowerCase()}:${id}`;
}

/** Events of StreamPay by stream and by account. Those of its owner (pause, keeper) are about no stream and left out. */
export function streamPaySource(contract: Address): LogSource {
  return {
    addresses: [contract],
    events: eventsOf(streamPayAbi, [
      "StreamCreated",
      "StreamUpdated",
      "StreamWithdrawn",
      "StreamToppedUp",
      "StreamCancelled",
      "ClaimCreated",
      "Claimed",
    ]),
    subjects: ({ args }) => [
      ...(args.streamId ? [streamPaySubject(contract, String(args.streamId))] : []),
      ...[args.sender, args.recipient, args.account, args.by].flatMap((account) =>
        typeof account === "string" ? [accountSubject(account)] : [],
      ),
    ],
  };
}
