import type { Address } from "viem";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { eventsOf } from "../events-of";
import { accountSubject, type LogSource } from "../log-source";

/** Of one session in SessionOperator. @param contract in any case @param id as the contract counts */
export function sessionSubject(contract: string, id: bigint | string): string {
  return `session:${contract.toLowerCase()}:${id}`;
}

/** What people allow their agents on Superfluid, and what these do with it, by session and by account. */
export function sessionOperatorSource(contract: Address): LogSource {
  return {
    addresses: [contract],
    events: eventsOf(sessionOperatorAbi, [
      "SessionOpened",
      "SessionRevoked",
      "ReceiverSet",
      "FlowSet",
      "FlowEnded",
    ]),
    subjects: ({ args }) => [
      sessionSubject(contract, String(args.id)),
      ...[args.person, args.agent, args.receiver].flatMap((account) =>
        typeof account === "string" ? [accountSubject(account)] : [],
      ),
    ],
  };
}
