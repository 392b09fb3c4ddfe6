import type { Sent } from "./gas-chain";
import { gasFloor, type Work } from "./gas-floor";

export type Measured = Record<"streamPay" | "superfluid" | "sablier", Record<string, Sent>>;

/** `StreamCreated`: four topics and six words. */
const CREATED = { topics: 4, bytes: 192 };
const TRANSFER = { topics: 3, bytes: 32 };

const batch = (streams: number, recipients: number) => ({
  readSlots: streams,
  changedSlots: streams + 1,
  events: Array.from({ length: streams }, () => ({ topics: 3, bytes: 64 })),
  coldPayments: recipients,
  warmPayments: 1,
  streams,
});

/** The goal of issue 4, and what the operation has to keep, from the layout of a stream (contracts/snapshots/layout-stream-pay.txt). */
const OPERATIONS: Record<string, Omit<Work, "input"> & { goal?: number; streams?: number }> = {
  "create native": { goal: 115_000, newSlots: 3, changedSlots: 1, readSlots: 1, events: [CREATED] },
  "create ERC-20": {
    newSlots: 4,
    changedSlots: 3,
    readSlots: 2,
    coldContracts: 1,
    events: [CREATED, TRANSFER],
  },
  "top up native, first": { newSlots: 1, changedSlots: 2, readSlots: 2, events: [{ topics: 2, bytes: 96 }] },
  "top up native, again": { changedSlots: 1, readSlots: 4, events: [{ topics: 2, bytes: 96 }] },
  "withdraw native": {
    goal: 50_000,
    changedSlots: 2,
    readSlots: 1,
    warmPayments: 1,
    events: [{ topics: 3, bytes: 32 }],
  },
  "withdraw ERC-20": {
    changedSlots: 4,
    readSlots: 3,
    coldContracts: 1,
    events: [{ topics: 3, bytes: 32 }, TRANSFER],
  },
  "cancel native": {
    goal: 55_000,
    clearedSlots: 1,
    changedSlots: 1,
    readSlots: 2,
    coldPayments: 1,
    warmPayments: 1,
    events: [{ topics: 3, bytes: 64 }],
  },
  "cancel ERC-20": {
    clearedSlots: 1,
    changedSlots: 5,
    readSlots: 3,
    coldContracts: 1,
    events: [{ topics: 3, bytes: 64 }, TRANSFER, TRANSFER],
  },
  "batch update 1": batch(1, 1),
  "batch update 10": { ...batch(10, 1), goal: 200_000 },
  "batch update 10, ten recipients": { ...batch(10, 10), goal: 200_000 },
  "batch update 50": batch(50, 1),
  "batch update 200": batch(200, 1),
};

/**
 * docs/gas.md.
 * @param snapshot forge's figures by the same names
 */
export function renderGas(
  { streamPay, superfluid, sablier }: Measured,
  snapshot: Record<string, string>,
): string {
  const rows = Object.entries(OPERATIONS).map(([name, { goal, streams = 1, ...work }]) => {
    const sent = streamPay[name];
    if (!sent) throw new Error(`${name} was not measured.`);
    const floor = gasFloor({ ...work, input: sent.input });
    const each = streams > 1 ? ` (${number(sent.gas / streams)} each)` : "";
    const verdict = goal === undefined ? "" : `${number(goal)} ${sent.gas <= goal ? "met" : "**missed**"}`;
    return [
      name,
      verdict,
      number(sent.gas) + each,
      number(Number(snapshot[name])),
      number(floor),
      `${number(sent.gas - floor)} (${Math.round((100 * (sent.gas - floor)) / floor)} %)`,
    ];
  });
  const gas = (of: Record<string, Sent>, name: string) => {
    const sent = of[name];
    if (!sent) throw new Error(`${name} was not measured.`);
    return number(sent.gas);
  };
  const beside = [
    [
      "open",
      gas(streamPay, "create native"),
      gas(streamPay, "create ERC-20"),
      gas(superfluid, "create"),
      gas(sablier, "create"),
    ],
    [
      "change",
      `${gas(streamPay, "top up native, first")} (top up)`,
      "",
      `${gas(superfluid, "change")} (rate)`,
      `${gas(sablier, "top up")} (deposit)`,
    ],
    [
      "withdraw",
      gas(streamPay, "withdraw native"),
      gas(streamPay, "withdraw ERC-20"),
      `${gas(superfluid, "withdraw")} (unwrap)`,
      gas(sablier, "withdraw"),
    ],
    [
      "close",
      gas(streamPay, "cancel native"),
      gas(streamPay, "cancel ERC-20"),
      gas(superfluid, "cancel"),
      `${gas(sablier, "refund")} (refund) + ${gas(sablier, "void")} (void)`,
    ],
  ];
  return `# Gas

Written by \`npm run contracts:gas\`: do not edit. Every figure is the gas of a whole transaction, by its receipt on a local chain: 21,000 for
being one, calldata, cold storage, what the chain gives back. Accounts exist, the recipient has been paid before, allowances are unlimited.
The column "forge" is the same operation in contracts/snapshots/StreamPay.json; \`npm run contracts:test\` fails when it changes.

## StreamPay

The floor is what the EIPs charge for the effects alone: the transaction and its calldata (EIP-2028), each slot that is written or read once
(EIP-2929, EIP-2200, EIP-3529), events, payments. No instruction of any contract is in it.

${table(["operation", "goal", "gas", "forge", "floor", "above the floor"], rows)}

A batch pays neighbours of one recipient with one transfer, so "batch update 10" is ten streams of one provider. With ten recipients the floor
itself is above 20,000 a stream (a cold account and a payment are 9,300, the two slots 7,100), so that goal cannot be met by any
contract that pays the recipients in the call.

## Beside others

Superfluid 1.15.2: the constant flow agreement through CFAv1Forwarder, in USDCx; its streams need no withdrawal to be spent as USDCx, so
unwrapping stands in that row. Sablier Flow 3.0.1 in USDC, from the bytecode in its package.

${table(["operation", "StreamPay, native", "StreamPay, USDC", "Superfluid", "Sablier Flow"], beside)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}
