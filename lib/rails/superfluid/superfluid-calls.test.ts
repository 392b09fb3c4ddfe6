import { decodeAbiParameters, decodeFunctionData, type Hex, parseUnits } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { cfaAbi, cfaV1ForwarderAbi, hostAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainCall } from "../chain-call";
import type { Flow } from "./flow-plans";
import { decodeFlowTable } from "./flow-table";
import { grantSessionCall, revokeOperatorCall, revokeSessionCall } from "./session-calls";
import {
  closeCall,
  closeFlowsCall,
  openCalls,
  underlyingAmount,
  unwrapCall,
  updateCall,
  wrapAmount,
  wrapCalls,
} from "./superfluid-calls";

const place = {
  host: "0x7FD84Ce10A03FcDEBed0DF717072e346F62F38fF",
  cfa: "0x1628b9D4C6258060fB92B1D7C34A366bea96BBA4",
  cfaForwarder: "0xcfA132E353cB4E398080B9700609bb008eceB125",
  token: { address: "0x97aD45f4b858Da071551A82985C79F06d6a58068", symbol: "USDCx", decimals: 18 },
  underlying: { address: "0xB7d38298430417f2c80d5578bdED94C51b942055", symbol: "USDC", decimals: 6 },
} as const;
const receiver = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const other = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const owner = privateKeyToAccount("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
const sender = owner.address;
const DAY = 11_574_074_074_074n; // 1 USDCx a day, rounded down to a second.

const none: Flow = { sender, receiver, rate: 0n, table: [] };
const two: Flow = {
  ...none,
  rate: 5n * DAY,
  table: [
    { tag: 1n, rate: 2n * DAY },
    { tag: 2n, rate: 3n * DAY },
  ],
};
const noWrap = { amount: 0n, allowance: 0n };

/** What the forwarder is asked: function, rate and plans. */
function forwarded(call: ChainCall | undefined) {
  if (call?.to !== place.cfaForwarder) throw new Error(`Not for the forwarder: ${call?.to}`);
  const { functionName, args } = decodeFunctionData({ abi: cfaV1ForwarderAbi, data: call.data });
  const [token, from, to, ...rest] = args as unknown as unknown[];
  expect([token, from, to]).toEqual([place.token.address, sender, receiver]);
  const userData = rest.at(-1) as Hex;
  return { functionName, rate: rest.length > 1 ? rest[0] : 0n, table: decodeFlowTable(userData) };
}

/** What the host is asked to do in one transaction. */
function batched(call: ChainCall | undefined) {
  if (call?.to !== place.host) throw new Error(`Not for the host: ${call?.to}`);
  const { functionName, args } = decodeFunctionData({ abi: hostAbi, data: call.data });
  if (functionName !== "batchCall") throw new Error(`Not a batch: ${functionName}`);
  return args[0].map(({ operationType, target, data }) => ({ operationType, target, data }));
}

function agreement(data: Hex) {
  const [callData, userData] = decodeAbiParameters([{ type: "bytes" }, { type: "bytes" }], data);
  const { functionName, args } = decodeFunctionData({ abi: cfaAbi, data: callData });
  return { functionName, args, table: decodeFlowTable(userData) };
}

describe("opening a plan on Superfluid", () => {
  test("given money enough, it is one call that opens the flow and says whose it is", () => {
    const calls = openCalls(place, none, { tag: 7n, rate: DAY }, noWrap);
    expect(calls.map(({ says }) => says)).toEqual(["Open the stream to 0x7099…79C8: 1 USDCx a day."]);
    expect(forwarded(calls[0])).toEqual({
      functionName: "createFlow",
      rate: DAY,
      table: [{ tag: 7n, rate: DAY }],
    });
  });

  test("given a flow for other plans, it becomes the sum and tells the whole table", () => {
    const [call] = openCalls(place, two, { tag: 7n, rate: DAY }, noWrap);
    expect(forwarded(call)).toEqual({
      functionName: "updateFlow",
      rate: 6n * DAY,
      table: [
        { tag: 1n, rate: 2n * DAY },
        { tag: 2n, rate: 3n * DAY },
        { tag: 7n, rate: DAY },
      ],
    });
  });

  test("given a flow of another application, that goes on beside the plan", () => {
    const [call] = openCalls(place, { ...none, rate: 100n }, { tag: 7n, rate: DAY }, noWrap);
    expect(forwarded(call)).toEqual({
      functionName: "updateFlow",
      rate: DAY + 100n,
      table: [{ tag: 7n, rate: DAY }],
    });
  });

  test("given a permit, it is one transaction: permit, wrap, open", async () => {
    const signature = await owner.signMessage({ message: "any" });
    const wrap = { amount: parseUnits("5", 18), allowance: 0n, permit: { deadline: 99n, signature } };
    const calls = openCalls(place, none, { tag: 7n, rate: DAY }, wrap);
    expect(calls.map(({ says }) => says)).toEqual([
      "Wrap 5 USDCx and open the stream to 0x7099…79C8: 1 USDCx a day.",
    ]);
    const operations = batched(calls[0]);
    expect(operations.map(({ operationType, target }) => [operationType, target])).toEqual([
      [301, place.underlying.address],
      [101, place.token.address],
      [201, place.cfa],
    ]);
    const [permit, upgrade, open] = operations.map(({ data }) => data);
    expect(decodeFunctionData({ abi: testUsdcAbi, data: permit ?? "0x" })).toEqual({
      functionName: "permit",
      args: [
        sender,
        place.token.address,
        5_000_000n,
        99n,
        Number.parseInt(signature.slice(130), 16),
        signature.slice(0, 66),
        `0x${signature.slice(66, 130)}`,
      ],
    });
    expect(decodeAbiParameters([{ type: "uint256" }], upgrade ?? "0x")).toEqual([5n * 10n ** 18n]);
    expect(agreement(open ?? "0x")).toEqual({
      functionName: "createFlow",
      args: [place.token.address, receiver, DAY, "0x"],
      table: [{ tag: 7n, rate: DAY }],
    });
  });

  test("without a permit, an exact approval comes before it, unless enough is allowed", () => {
    const wrap = { amount: 10n ** 18n, allowance: 999_999n };
    const calls = openCalls(place, none, { tag: 7n, rate: DAY }, wrap);
    expect(calls.map(({ says }) => says)).toEqual([
      "Allow USDCx to take exactly 1 USDC.",
      "Wrap 1 USDCx and open the stream to 0x7099…79C8: 1 USDCx a day.",
    ]);
    expect(batched(calls[1]).map(({ operationType }) => operationType)).toEqual([101, 201]);
    expect(openCalls(place, none, { tag: 7n, rate: DAY }, { ...wrap, allowance: 1_000_000n })).toEqual([
      calls[1],
    ]);
  });

  test("a plan without a rate, and a 33rd plan, are refused", () => {
    expect(() => openCalls(place, none, { tag: 7n, rate: 0n }, noWrap)).toThrow(RangeError);
    const table = Array.from({ length: 32 }, (_, n) => ({ tag: BigInt(n), rate: 1n }));
    expect(() => openCalls(place, { ...none, rate: 32n, table }, { tag: 99n, rate: 1n }, noWrap)).toThrow(
      RangeError,
    );
  });
});

describe("changing and closing plans on Superfluid", () => {
  test("another rate changes the sum by the difference", () => {
    expect(forwarded(updateCall(place, two, { tag: 1n, rate: DAY }))).toEqual({
      functionName: "updateFlow",
      rate: 4n * DAY,
      table: [
        { tag: 1n, rate: DAY },
        { tag: 2n, rate: 3n * DAY },
      ],
    });
  });

  test("closing one plan leaves the other, closing all deletes the flow, and a stranger's rate stays", () => {
    const one = closeCall(place, two, [1n]);
    expect(one.says).toBe("Close a plan of the stream to 0x7099…79C8: the rest runs on.");
    expect(forwarded(one)).toEqual({
      functionName: "updateFlow",
      rate: 3n * DAY,
      table: [{ tag: 2n, rate: 3n * DAY }],
    });
    const both = closeCall(place, two, [2n, 1n]);
    expect(both.says).toBe("Close the stream to 0x7099…79C8: its buffer comes back.");
    expect(forwarded(both)).toEqual({ functionName: "deleteFlow", rate: 0n, table: [] });
    expect(forwarded(closeCall(place, { ...two, rate: 5n * DAY + 9n }, [1n, 2n]))).toEqual({
      functionName: "updateFlow",
      rate: 9n,
      table: [],
    });
  });

  test("a plan that is not there is refused, and so is a table of more than the flow", () => {
    expect(() => closeCall(place, two, [3n])).toThrow(RangeError);
    expect(() => closeCall(place, two, [])).toThrow(RangeError);
    expect(() => closeCall(place, { ...two, rate: DAY }, [1n])).toThrow(RangeError);
  });

  test("many flows end in one transaction", () => {
    const call = closeFlowsCall(place, [
      { flow: two, tags: [1n] },
      { flow: { ...none, receiver: other, rate: DAY, table: [{ tag: 4n, rate: DAY }] }, tags: [4n] },
    ]);
    expect(call.says).toBe("Close 2 plans with 2 receivers at once: their buffers come back.");
    expect(batched(call).map(({ operationType, data }) => [operationType, agreement(data)])).toEqual([
      [
        201,
        {
          functionName: "updateFlow",
          args: [place.token.address, receiver, 3n * DAY, "0x"],
          table: [{ tag: 2n, rate: 3n * DAY }],
        },
      ],
      [201, { functionName: "deleteFlow", args: [place.token.address, sender, other, "0x"], table: [] }],
    ]);
    expect(closeFlowsCall(place, [{ flow: two, tags: [1n] }])).toEqual(closeCall(place, two, [1n]));
    expect(() => closeFlowsCall(place, [])).toThrow(RangeError);
  });
});

describe("wrapping", () => {
  test.each([
    { missing: 0n, wrap: 0n, takes: 0n },
    { missing: 1n, wrap: 1_000_000_000_000n, takes: 1n },
    { missing: 5_000_000_000_001n, wrap: 6_000_000_000_000n, takes: 6n },
    { missing: 10n ** 18n, wrap: 10n ** 18n, takes: 1_000_000n },
  ])("$missing missing: $wrap of 18 decimals for $takes of 6", ({ missing, wrap, takes }) => {
    expect(wrapAmount(place, missing)).toBe(wrap);
    expect(underlyingAmount(place, wrap)).toBe(takes);
  });

  test("where both have 18 decimals, nothing is rounded", () => {
    const same = { ...place, underlying: { ...place.underlying, decimals: 18 } };
    expect(wrapAmount(same, 5_000_000_000_001n)).toBe(5_000_000_000_001n);
    expect(underlyingAmount(same, 5_000_000_000_001n)).toBe(5_000_000_000_001n);
  });

  test("wraps alone, unwraps, and refuses to wrap a coin as if it were a token", () => {
    expect(wrapCalls(place, sender, { amount: 10n ** 18n, allowance: 0n }).map(({ says }) => says)).toEqual([
      "Allow USDCx to take exactly 1 USDC.",
      "Wrap 1 USDCx.",
    ]);
    expect(wrapCalls(place, sender, noWrap)).toEqual([]);
    const unwrap = unwrapCall(place, 2n * 10n ** 18n);
    expect(unwrap).toMatchObject({ to: place.token.address, says: "Unwrap 2 USDCx into USDC." });
    expect(decodeFunctionData({ abi: superTokenAbi, data: unwrap.data })).toEqual({
      functionName: "downgrade",
      args: [2n * 10n ** 18n],
    });
    const coin = { ...place, underlying: null };
    expect(() => wrapCalls(coin, sender, { amount: 1n, allowance: 0n })).toThrow(RangeError);
  });
});

describe("permissions of agents", () => {
  const operator = "0x4cf3e0B352A8b4b315e978F9A87FacF1C84709bE";

  test("a grant makes the contract an operator and opens a session, in one transaction", () => {
    const call = grantSessionCall(place, operator, {
      agent: other,
      budget: 10n ** 19n,
      rateCap: 2n * DAY,
      rateCapEach: DAY,
      expirySeconds: 1_800_000_000n,
      receivers: [receiver],
    });
    expect(call.says).toBe(
      "Let 0x3C44…93BC stream at most 10 USDCx to 1 receiver until 2027-01-15T08:00:00.000Z. The budget does not cover the buffers of these streams: if your balance runs out, liquidators keep up to four hours of the running rates.",
    );
    const [permission, session] = batched(call);
    expect(permission).toMatchObject({ operationType: 201, target: place.cfa });
    expect(agreement(permission?.data ?? "0x")).toMatchObject({
      functionName: "updateFlowOperatorPermissions",
      args: [place.token.address, operator, 7, 39_614_081_257_132_168_796_771_975_167n, "0x"],
    });
    expect(session).toMatchObject({ operationType: 302, target: operator });
    expect(decodeFunctionData({ abi: sessionOperatorAbi, data: session?.data ?? "0x" })).toEqual({
      functionName: "openSession",
      args: [
        {
          agent: other,
          token: place.token.address,
          budget: 10n ** 19n,
          rateCap: 2n * DAY,
          rateCapEach: DAY,
          expiry: 1_800_000_000n,
        },
        [receiver],
      ],
    });
  });

  test("a session is revoked with its streams, and an operator with every permission", () => {
    const revoke = revokeSessionCall(operator, { id: 4n, stopFlows: true });
    expect(revoke.says).toBe("End session 4 of your agent and stop its streams.");
    expect(decodeFunctionData({ abi: sessionOperatorAbi, data: revoke.data })).toEqual({
      functionName: "revoke",
      args: [4n, true],
    });
    const raw = revokeOperatorCall(place, other);
    expect(decodeFunctionData({ abi: cfaV1ForwarderAbi, data: raw.data })).toEqual({
      functionName: "revokePermissions",
      args: [place.token.address, other],
    });
  });
});
