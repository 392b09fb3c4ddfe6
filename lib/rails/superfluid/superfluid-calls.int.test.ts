import { type Address, parseAbi, parseUnits } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { cfaAbi, cfaV1ForwarderAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { startTestDevnet } from "@/lib/testing/devnet";
import { sendCalls } from "@/lib/testing/send-calls";
import { permitTypedData } from "../erc20-calls";
import type { Flow } from "./flow-plans";
import { decodeFlowTable } from "./flow-table";
import { grantSessionCall, revokeOperatorCall, revokeSessionCall } from "./session-calls";
import {
  closeCall,
  closeFlowsCall,
  openCalls,
  type SuperfluidPlace,
  underlyingAmount,
  unwrapCall,
  updateCall,
  wrapAmount,
  wrapCalls,
} from "./superfluid-calls";

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let place: SuperfluidPlace & { underlying: NonNullable<SuperfluidPlace["underlying"]> };
let accounts: Address[] = [];
const DAY = 11_574_074_074_074n;

beforeAll(async () => {
  devnet = await startTestDevnet();
  const { host, cfa, cfaV1Forwarder, usdc, usdcx } = devnet.addresses;
  place = {
    ...{ host, cfa, cfaForwarder: cfaV1Forwarder },
    token: { address: usdcx, symbol: "USDCx", decimals: 18 },
    underlying: { address: usdc, symbol: "USDC", decimals: 6 },
  };
  accounts = await devnet.chain.getAddresses();
});
afterAll(() => devnet?.stop());

function someAccount(): Address {
  const account = accounts.pop();
  if (!account) throw new Error("Anvil has no more accounts.");
  return account;
}

/** Somebody who only receives. */
function someReceiver(): Address {
  return privateKeyToAddress(generatePrivateKey());
}

/** With coins, 10,000 USDC and 10,000 USDCx. */
async function fundedAccount(): Promise<Address> {
  const account = someAccount();
  await devnet.fund(account);
  return account;
}

/** With coins and 500 USDC alone. */
async function accountOfUsdc(): Promise<Address> {
  const account = someAccount();
  const abi = parseAbi(["function mint(address, uint256)"]);
  await devnet.chain.writeContract({
    account,
    address: place.underlying.address,
    abi,
    functionName: "mint",
    args: [account, parseUnits("500", 6)],
    chain: devnet.chain.chain,
  });
  return account;
}

const rateOf = (sender: Address, receiver: Address) =>
  devnet.chain.readContract({
    address: place.cfaForwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "getFlowrate",
    args: [place.token.address, sender, receiver],
  });
const usdcxOf = (account: Address) =>
  devnet.chain.readContract({
    address: place.token.address,
    abi: superTokenAbi,
    functionName: "balanceOf",
    args: [account],
  });
const usdcOf = (account: Address) =>
  devnet.chain.readContract({
    address: place.underlying.address,
    abi: testUsdcAbi,
    functionName: "balanceOf",
    args: [account],
  });

/** The plans that the newest change of a flow told. */
async function tableOf(sender: Address, receiver: Address) {
  const logs = await devnet.chain.getContractEvents({
    address: place.cfa,
    abi: cfaAbi,
    eventName: "FlowUpdated",
    args: { sender, receiver },
    fromBlock: 0n,
  });
  return decodeFlowTable(logs.at(-1)?.args.userData ?? "0x");
}

const noWrap = { amount: 0n, allowance: 0n };

describe("calls to Superfluid on a real chain", () => {
  test("plans open, share one flow, change and close, each in one transaction that tells all plans", async () => {
    const sender = await fundedAccount();
    const receiver = someReceiver();
    const none: Flow = { sender, receiver, rate: 0n, table: [] };
    await sendCalls(devnet, sender, openCalls(place, none, { tag: 1n, rate: DAY }, noWrap));
    expect(await rateOf(sender, receiver)).toBe(DAY);

    const one: Flow = { ...none, rate: DAY, table: [{ tag: 1n, rate: DAY }] };
    await sendCalls(devnet, sender, openCalls(place, one, { tag: 2n, rate: 3n * DAY }, noWrap));
    expect(await rateOf(sender, receiver)).toBe(4n * DAY);
    const both = [
      { tag: 1n, rate: DAY },
      { tag: 2n, rate: 3n * DAY },
    ];
    expect(await tableOf(sender, receiver)).toEqual(both);

    const two: Flow = { ...none, rate: 4n * DAY, table: both };
    await sendCalls(devnet, sender, [updateCall(place, two, { tag: 2n, rate: 2n * DAY })]);
    expect(await rateOf(sender, receiver)).toBe(3n * DAY);

    const changed: Flow = {
      ...two,
      rate: 3n * DAY,
      table: [
        { tag: 1n, rate: DAY },
        { tag: 2n, rate: 2n * DAY },
      ],
    };
    await sendCalls(devnet, sender, [closeCall(place, changed, [1n])]);
    expect(await rateOf(sender, receiver)).toBe(2n * DAY);
    expect(await tableOf(sender, receiver)).toEqual([{ tag: 2n, rate: 2n * DAY }]);

    const rest: Flow = { ...none, rate: 2n * DAY, table: [{ tag: 2n, rate: 2n * DAY }] };
    await sendCalls(devnet, sender, [closeCall(place, rest, [2n])]);
    expect(await rateOf(sender, receiver)).toBe(0n);
    expect(await tableOf(sender, receiver)).toEqual([]);
  });

  test("a wallet that has USDC alone opens by a permit: wrapped and streaming in one transaction", async () => {
    const sender = await accountOfUsdc();
    const receiver = someReceiver();
    const missing = parseUnits("5", 18) + 1n;
    const amount = wrapAmount(place, missing);
    const value = underlyingAmount(place, amount);
    expect(value).toBe(5_000_001n);
    const deadline = 2n ** 40n;
    const domain = {
      name: "USD Coin",
      version: "2",
      chainId: 31_337,
      verifyingContract: place.underlying.address,
    };
    const typed = permitTypedData(domain, {
      ...{ owner: sender, spender: place.token.address, value },
      ...{ nonce: 0n, deadline },
    });
    const signature = await devnet.chain.signTypedData({ account: sender, ...typed });
    const flow: Flow = { sender, receiver, rate: 0n, table: [] };
    const wrap = { amount, allowance: 0n, permit: { deadline, signature } };
    const before = await usdcOf(sender);
    const calls = openCalls(place, flow, { tag: 9n, rate: DAY }, wrap);
    expect(calls).toHaveLength(1);
    await sendCalls(devnet, sender, calls);
    expect(await rateOf(sender, receiver)).toBe(DAY);
    expect(await tableOf(sender, receiver)).toEqual([{ tag: 9n, rate: DAY }]);
    expect(before - (await usdcOf(sender))).toBe(5_000_001n);
  });

  test("without a permit it approves, then wraps and opens at once", async () => {
    const sender = await accountOfUsdc();
    const receiver = someReceiver();
    const flow: Flow = { sender, receiver, rate: 0n, table: [] };
    const calls = openCalls(
      place,
      flow,
      { tag: 9n, rate: DAY },
      { amount: parseUnits("2", 18), allowance: 0n },
    );
    expect(calls).toHaveLength(2);
    await sendCalls(devnet, sender, calls);
    expect(await rateOf(sender, receiver)).toBe(DAY);
  });

  test("flows to several receivers end in one transaction", async () => {
    const sender = await fundedAccount();
    const [first, second] = [someReceiver(), someReceiver()];
    const to = (receiver: Address): Flow => ({ sender, receiver, rate: 0n, table: [] });
    const plans = [
      { tag: 1n, rate: DAY },
      { tag: 2n, rate: DAY },
    ];
    for (const [receiver, count] of [
      [first, 2],
      [second, 1],
    ] as const)
      for (let n = 0; n < count; n += 1) {
        const was = { ...to(receiver), rate: DAY * BigInt(n), table: plans.slice(0, n) };
        const plan = plans[n];
        if (plan) await sendCalls(devnet, sender, openCalls(place, was, plan, noWrap));
      }
    const closing = [
      { flow: { ...to(first), rate: 2n * DAY, table: plans }, tags: [1n] },
      { flow: { ...to(second), rate: DAY, table: plans.slice(0, 1) }, tags: [1n] },
    ];
    const hashes = await sendCalls(devnet, sender, [closeFlowsCall(place, closing)]);
    expect(hashes).toHaveLength(1);
    expect(await rateOf(sender, first)).toBe(DAY);
    expect(await rateOf(sender, second)).toBe(0n);
    expect(await tableOf(sender, first)).toEqual([{ tag: 2n, rate: DAY }]);
  });

  test("wraps and unwraps exactly", async () => {
    const owner = await accountOfUsdc();
    await sendCalls(devnet, owner, wrapCalls(place, owner, { amount: parseUnits("3", 18), allowance: 0n }));
    expect(await usdcxOf(owner)).toBe(parseUnits("3", 18));
    const before = await usdcOf(owner);
    await sendCalls(devnet, owner, [unwrapCall(place, parseUnits("1", 18))]);
    expect(await usdcxOf(owner)).toBe(parseUnits("2", 18));
    expect((await usdcOf(owner)) - before).toBe(1_000_000n);
  });
});

describe("permissions of agents on a real chain", () => {
  test("a grant lets the agent stream to its receivers alone; a revocation stops the stream and the agent", async () => {
    const person = await fundedAccount();
    const [agent, receiver, stranger] = [await fundedAccount(), someReceiver(), someReceiver()];
    const { sessionOperator } = devnet.addresses;
    const { timestamp } = await devnet.chain.getBlock();
    const expirySeconds = timestamp + 86_400n;
    const terms = {
      ...{ agent, budget: parseUnits("10", 18), rateCap: DAY, rateCapEach: DAY },
      ...{ expirySeconds, receivers: [receiver] },
    };
    await sendCalls(devnet, person, [grantSessionCall(place, sessionOperator, terms)]);
    const setFlow = (to: Address) =>
      devnet.chain.simulateContract({
        account: agent,
        address: sessionOperator,
        abi: sessionOperatorAbi,
        functionName: "setFlow",
        args: [1n, to, DAY, expirySeconds - 3_600n],
      });
    await expect(setFlow(stranger)).rejects.toThrow("ReceiverNotAllowed");
    const { request } = await setFlow(receiver);
    await devnet.chain.writeContract({ ...request, gas: 1_500_000n });
    expect(await rateOf(person, receiver)).toBe(DAY);

    await sendCalls(devnet, person, [revokeSessionCall(sessionOperator, { id: 1n, stopFlows: true })]);
    expect(await rateOf(person, receiver)).toBe(0n);
    await expect(setFlow(receiver)).rejects.toThrow("SessionEnded");
    const permissions = async () =>
      (
        await devnet.chain.readContract({
          address: place.cfa,
          abi: cfaAbi,
          functionName: "getFlowOperatorData",
          args: [place.token.address, person, sessionOperator],
        })
      )[1];
    expect(await permissions()).toBe(7);
    await sendCalls(devnet, person, [revokeOperatorCall(place, sessionOperator)]);
    expect(await permissions()).toBe(0);
  });
});
