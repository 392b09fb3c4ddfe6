import { encodeAbiParameters, encodeEventTopics, type Hex, pad, parseAbi, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { cfaAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import type { RawLog } from "./chain-reader";
import { decodeLogs } from "./decode-logs";
import { eventsOf } from "./events-of";
import type { LogSource } from "./log-source";
import {
  flowDepositSource,
  flowSource,
  superTokenSource,
  transferSources,
} from "./sources/superfluid-sources";

const [ALICE, BOB, TOKEN, CFA, OTHER] = [1, 2, 3, 4, 5].map((n) => pad(toHex(n), { size: 20 })) as [
  Hex,
  Hex,
  Hex,
  Hex,
  Hex,
];

let next = 0;
function raw(address: Hex, topics: readonly Hex[], data: Hex, of: Partial<RawLog> = {}): RawLog {
  next += 1;
  const block = { blockNumber: 7n, blockHash: toHex(7, { size: 32 }), txHash: toHex(1, { size: 32 }) };
  return { address, topics, data, logIndex: next, atMs: null, ...block, ...of };
}

const flowUpdated = (token: Hex, of?: Partial<RawLog>) =>
  raw(
    CFA,
    encodeEventTopics({
      abi: cfaAbi,
      eventName: "FlowUpdated",
      args: { token, sender: ALICE, receiver: BOB },
    }) as Hex[],
    encodeAbiParameters(
      [{ type: "int96" }, { type: "int256" }, { type: "int256" }, { type: "bytes" }],
      [-5n, -5n, 2n ** 200n, "0xAB"],
    ),
    of,
  );
const extension = (of?: Partial<RawLog>) =>
  raw(
    CFA,
    encodeEventTopics({
      abi: cfaAbi,
      eventName: "FlowUpdatedExtension",
      args: { flowOperator: BOB },
    }) as Hex[],
    encodeAbiParameters([{ type: "uint256" }], [9n]),
    of,
  );
const decode = (sources: readonly LogSource[], ...logs: RawLog[]) =>
  decodeLogs(1, sources, logs, () => 7_000n);

describe("decodeLogs", () => {
  test("integers become decimal strings of any size, addresses and bytes lower case", () => {
    const log = flowUpdated(TOKEN);
    expect(decode([flowSource(CFA, [TOKEN])], log)).toEqual([
      {
        chainId: 1,
        blockNumber: 7n,
        logIndex: log.logIndex,
        blockHash: log.blockHash,
        atMs: 7_000n,
        txHash: log.txHash,
        address: CFA,
        event: "FlowUpdated",
        subjects: [
          `flow:${TOKEN}:${ALICE}:${BOB}`,
          // keccak256(abi.encode(1, 2)): also the storage slot of key 1 in a mapping at slot 2, as many sources print it.
          `agreement:${TOKEN}:0xe90b7bceb6e7df5418fb78d8ee546e97c83a08bbccc01a0644d599ccd2a7c2e0`,
          `account:${ALICE}`,
          `account:${BOB}`,
        ],
        args: {
          token: TOKEN,
          sender: ALICE,
          receiver: BOB,
          flowRate: "-5",
          totalSenderFlowRate: "-5",
          totalReceiverFlowRate: "1606938044258990275541962092341162602522202993782792835301376",
          userData: "0xab",
        },
      },
    ]);
  });

  test("a flow's deposit is about the flow right before it, and about nothing when that is not one of ours", () => {
    const sources = [flowSource(CFA, [TOKEN]), flowDepositSource(CFA)];
    const found = decode(sources, flowUpdated(TOKEN), extension(), flowUpdated(OTHER), extension());
    expect(found.map(({ event }) => event)).toEqual(["FlowUpdated", "FlowUpdatedExtension"]);
    expect(found[1]?.subjects).toEqual(found[0]?.subjects);
    const apart = { txHash: toHex(2, { size: 32 }) };
    expect(decode(sources, flowUpdated(TOKEN), extension(apart))).toHaveLength(1);
  });

  test("a liquidation is about the agreement that the flow named", () => {
    const [flow] = decode([flowSource(CFA, [TOKEN])], flowUpdated(TOKEN));
    const id = flow?.subjects[1]?.split(":")[2] as Hex;
    const topics = encodeEventTopics({
      ...{ abi: superTokenAbi, eventName: "AgreementLiquidatedV2" },
      args: { agreementClass: CFA, liquidatorAccount: OTHER, targetAccount: ALICE },
    }) as Hex[];
    const data = encodeAbiParameters(
      [{ type: "bytes32" }, { type: "address" }, { type: "uint256" }, { type: "int256" }, { type: "bytes" }],
      [id, OTHER, 1n, -1n, "0x"],
    );
    const [liquidation] = decode([superTokenSource([TOKEN])], raw(TOKEN, topics, data));
    expect(liquidation?.subjects).toEqual([flow?.subjects[1], `account:${ALICE}`, `account:${OTHER}`]);
  });

  test("each log is once, in the order of the chain, whichever questions brought it", () => {
    const transfer = (logIndex: number, blockNumber: bigint) =>
      raw(
        TOKEN,
        encodeEventTopics({
          abi: superTokenAbi,
          eventName: "Transfer",
          args: { from: ALICE, to: ALICE },
        }) as Hex[],
        encodeAbiParameters([{ type: "uint256" }], [1n]),
        { logIndex, blockNumber },
      );
    const logs = [transfer(2, 8n), transfer(9, 7n), transfer(2, 8n), transfer(1, 8n)];
    const found = decode(transferSources([TOKEN], [ALICE]), ...logs);
    expect(found.map(({ blockNumber, logIndex }) => [blockNumber, logIndex])).toEqual([
      [7n, 9],
      [8n, 1],
      [8n, 2],
    ]);
    expect(found[0]?.subjects).toEqual([`account:${ALICE}`]);
  });

  test("an event of the same name and another shape is not ours: ERC-721 has its amount among the topics", () => {
    const topics = [
      ...(encodeEventTopics({
        abi: superTokenAbi,
        eventName: "Transfer",
        args: { from: ALICE, to: BOB },
      }) as Hex[]),
      toHex(1, { size: 32 }),
    ];
    expect(decode(transferSources([TOKEN], [ALICE]), raw(TOKEN, topics, "0x"))).toEqual([]);
  });

  test("texts keep all but what PostgreSQL cannot hold; lists and tuples keep their shape", () => {
    const abi = parseAbi([
      "event Said(string text, (uint8 kind, address[] who, bool yes) what)",
      "struct Unused { uint8 a; }",
    ]);
    const source: LogSource = {
      addresses: [OTHER],
      events: eventsOf(abi, ["Said"]),
      subjects: () => ["said"],
    };
    const topics = encodeEventTopics({ abi, eventName: "Said" }) as Hex[];
    const inputs = abi.find((item) => item.type === "event")?.inputs ?? [];
    const data = encodeAbiParameters(inputs, [
      "0xABC\0 d\u00e9j\u00e0",
      { kind: 3, who: ["0xcfA132E353cB4E398080B9700609bb008eceB125"], yes: true },
    ] as never);
    expect(decode([source], raw(OTHER, topics, data))[0]?.args).toEqual({
      text: "0xABC\ufffd d\u00e9j\u00e0",
      what: { kind: "3", who: ["0xcfa132e353cb4e398080b9700609bb008eceb125"], yes: true },
    });
  });
});
