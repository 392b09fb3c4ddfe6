import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cfaV1ForwarderAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { startTestDevnet } from "@/lib/testing/devnet";
import { decodeError } from "./decode-error";
import { DEVNET } from "./devnet-addresses";
import { estimateCost } from "./gas";
import { findNetwork } from "./networks";
import { nodeClient } from "./public-client";

const facts = { token: "USDCx", underlying: "USDC", coin: "ETH" };
/** 1 USDCx an hour. */
const rate = 277_777_777_777_777n;

/** The real framework's own bytes, through its forwarder, whose ABI does not name them. */
describe("decodeError, of Superfluid's reverts on the devnet", () => {
  let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
  const rich = privateKeyToAccount(generatePrivateKey());
  const poor = privateKeyToAccount(generatePrivateKey());

  beforeAll(async () => {
    devnet = await startTestDevnet();
    await devnet.fund(rich.address);
  });
  afterAll(() => devnet?.stop());

  test.each([
    {
      given: "no money",
      from: poor,
      to: rich.address,
      flow: rate,
      name: "CFA_INSUFFICIENT_BALANCE",
      sentence: "You do not have enough USDCx for the deposit.",
    },
    {
      given: "more than the buffer allows",
      from: rich,
      to: poor.address,
      flow: rate * 10_000n,
      name: "CFA_INSUFFICIENT_BALANCE",
      sentence: "You do not have enough USDCx for the deposit.",
    },
    {
      given: "oneself as receiver",
      from: rich,
      to: rich.address,
      flow: rate,
      name: "CFA_NO_SELF_FLOW",
      sentence: "You cannot stream to yourself.",
    },
    {
      given: "a rate whose deposit overflows",
      from: rich,
      to: poor.address,
      flow: 2n ** 95n - 1n,
      name: "Error",
      sentence: "A number in it is larger than the contract can hold.",
    },
  ])("opening with $given: $sentence", async ({ from, to, flow, name, sentence }) => {
    const error = await errorOf(
      devnet.chain.simulateContract({
        account: from,
        address: DEVNET.cfaV1Forwarder,
        abi: cfaV1ForwarderAbi,
        functionName: "createFlow",
        args: [DEVNET.usdcx as Address, from.address, to, flow, "0x"],
      }),
    );
    expect(decodeError(error, facts)).toEqual({ kind: "contract", sentence, errorName: name });
  });

  test("closing what is not there, and unwrapping what one has not", async () => {
    const close = await errorOf(
      devnet.chain.simulateContract({
        account: rich,
        address: DEVNET.cfaV1Forwarder,
        abi: cfaV1ForwarderAbi,
        functionName: "deleteFlow",
        args: [DEVNET.usdcx, rich.address, poor.address, "0x"],
      }),
    );
    expect(decodeError(close, facts).errorName).toBe("CFA_FLOW_DOES_NOT_EXIST");
    const unwrap = await errorOf(
      devnet.chain.simulateContract({
        account: poor,
        address: DEVNET.usdcx,
        abi: superTokenAbi,
        functionName: "downgrade",
        args: [10n ** 18n],
      }),
    );
    expect(decodeError(unwrap, facts).sentence).toBe("You do not have that much USDCx to unwrap.");
  });

  test("the public client reads this devnet by its row of the table, and knows the contracts that come with it", async () => {
    const network = findNetwork(31_337);
    if (!network) throw new Error("No devnet in the table.");
    const contracts = { streamPay: null, computeRegistry: null, sessionOperator: null };
    const client = await nodeClient({ network, rpcUrls: [devnet.rpcUrl], contracts }, devnet.rpcUrl);
    const { superfluid, superTokens } = network;
    const codes = [
      superfluid?.host,
      superfluid?.cfa,
      superfluid?.toga,
      superTokens[0]?.address,
      superTokens[0]?.underlying?.address,
    ];
    for (const address of codes)
      expect((address && (await client.getCode({ address })))?.length).toBeGreaterThan(100);
    const decimals = await client.readContract({
      address: DEVNET.usdcx,
      abi: superTokenAbi,
      functionName: "decimals",
    });
    expect(decimals).toBe(18);
    const cost = await estimateCost(client, network, { account: rich.address, to: poor.address, value: 1n });
    expect(cost.gasLimit).toBe(27_300n);
  });
});

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  const done: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (done === undefined) throw new Error("It did not fail.");
  return done;
}
