import { type Address, encodeAbiParameters, keccak256, pad } from "viem";
import { cfaAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { eventsOf } from "../events-of";
import { accountSubject, type LogSource } from "../log-source";

/** Of one flow. @param flow addresses in any case */
export function flowSubject(flow: { token: string; sender: string; receiver: string }): string {
  return `flow:${flow.token}:${flow.sender}:${flow.receiver}`.toLowerCase();
}

/** Of what `operator` may do with the flows of `sender`. */
export function flowOperatorSubject(grant: { token: string; sender: string; operator: string }): string {
  return `flow-operator:${grant.token}:${grant.sender}:${grant.operator}`.toLowerCase();
}

/** Flows of some Super Tokens, by flow and by account. A flow's deposit comes in an event of its own right behind its rate. */
export function flowSource(cfa: Address, tokens: readonly Address[]): LogSource {
  return {
    addresses: [cfa],
    events: eventsOf(cfaAbi, ["FlowUpdated", "FlowOperatorUpdated"]),
    topics: [words(tokens)],
    subjects({ event, args }) {
      const [token, sender] = [String(args.token), String(args.sender)];
      if (event === "FlowOperatorUpdated") {
        const operator = String(args.flowOperator);
        return [
          flowOperatorSubject({ token, sender, operator }),
          accountSubject(sender),
          accountSubject(operator),
        ];
      }
      const receiver = String(args.receiver);
      return [
        flowSubject({ token, sender, receiver }),
        agreementSubject(token, flowId(sender, receiver)),
        accountSubject(sender),
        accountSubject(receiver),
      ];
    },
  };
}

/**
 * Deposits of flows. The event names no flow and no token: it is about the `FlowUpdated` before it in the same transaction, so this
 * source is of use only beside `flowSource`.
 */
export function flowDepositSource(cfa: Address): LogSource {
  return {
    addresses: [cfa],
    events: eventsOf(cfaAbi, ["FlowUpdatedExtension"]),
    subjects: ({ before }) => (before?.event === "FlowUpdated" ? [...before.subjects] : []),
  };
}

/** Wraps, unwraps and liquidations of some Super Tokens. */
export function superTokenSource(tokens: readonly Address[]): LogSource {
  return {
    addresses: tokens,
    events: eventsOf(superTokenAbi, ["TokenUpgraded", "TokenDowngraded", "AgreementLiquidatedV2"]),
    subjects: ({ address, event, args }) =>
      event === "AgreementLiquidatedV2"
        ? [
            agreementSubject(address, String(args.id)),
            accountSubject(String(args.targetAccount)),
            accountSubject(String(args.liquidatorAccount)),
          ]
        : [accountSubject(String(args.account))],
  };
}

/** ERC-20 transfers from and to some accounts: of a busy token, all others are left out by the node. */
export function transferSources(tokens: readonly Address[], accounts: readonly Address[]): LogSource[] {
  const source: LogSource = {
    addresses: tokens,
    events: eventsOf(superTokenAbi, ["Transfer"]),
    subjects: ({ args }) => [accountSubject(String(args.from)), accountSubject(String(args.to))],
  };
  return [
    { ...source, topics: [words(accounts)] },
    { ...source, topics: [null, words(accounts)] },
  ];
}

/** By what a liquidation names: the agreement's id, of one token. */
function agreementSubject(token: string, id: string): string {
  return `agreement:${token}:${id}`;
}

/** As ConstantFlowAgreementV1 computes it (`_generateFlowId`). */
function flowId(sender: string, receiver: string): string {
  const types = [{ type: "address" }, { type: "address" }] as const;
  return keccak256(encodeAbiParameters(types, [sender as Address, receiver as Address]));
}

function words(addresses: readonly Address[]) {
  return addresses.map((address) => pad(address));
}
