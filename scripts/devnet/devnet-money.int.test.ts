import {
  type Address,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  parseSignature,
  parseUnits,
} from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import {
  cfaAbi,
  cfaV1ForwarderAbi,
  hostAbi,
  superfluidGovernanceAbi,
  superTokenAbi,
} from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { startTestDevnet } from "@/lib/testing/devnet";

type Devnet = Awaited<ReturnType<typeof startTestDevnet>>;

/** Superfluid's numbers of what a batch may do (`Definitions.sol`, library BatchOperation). */
const UPGRADE = 101;
const CALL_AGREEMENT = 201;
const SIMPLE_FORWARD = 301;

let devnet: Devnet;
beforeAll(async () => {
  devnet = await startTestDevnet();
});
afterAll(() => devnet.stop());

describe("the devnet", () => {
  const contracts = Object.entries(DEVNET).filter(
    ([key]) => !["chainId", "startBlock", "admin", "faucet"].includes(key),
  );

  test.each(contracts)("%s stands at its committed address", async (_, address) => {
    const code = await devnet.chain.getCode({ address: address as Address });
    expect(code?.length ?? 0).toBeGreaterThan(2);
  });

  test("the framework has no time limits but Superfluid's: four hours of deposit, half an hour for the patrician", async () => {
    const { addresses, chain } = devnet;
    const terms = await chain.readContract({
      address: addresses.governance,
      abi: superfluidGovernanceAbi,
      functionName: "getPPPConfig",
      args: [addresses.host, addresses.usdcx],
    });
    expect(terms).toEqual([14_400n, 1_800n]);
  });
});

describe("the devnet's faucet", () => {
  test("given a new wallet, it fills it, and a second time gives nothing", async () => {
    const { address } = newAccount();
    expect(await devnet.fund(address)).toEqual({
      coin: 10_000_000_000_000_000_000n,
      usdc: 10_000_000_000n,
      usdcx: 10_000_000_000_000_000_000_000n,
    });
    expect(await devnet.fund(address)).toEqual({ coin: 0n, usdc: 0n, usdcx: 0n });
    expect(await devnet.chain.getBalance({ address })).toBe(10_000_000_000_000_000_000n);
  });

  test("ten wallets at once are all filled", async () => {
    const wallets = Array.from({ length: 10 }, () => newAccount().address);
    const given = await Promise.all(wallets.map((address) => devnet.fund(address)));
    expect(given.map((money) => money?.usdcx)).toEqual(wallets.map(() => 10_000_000_000_000_000_000_000n));
  });
});

describe("real Superfluid on the devnet", () => {
  test("a flow arrives to the base unit", async () => {
    const { addresses, chain } = devnet;
    const sender = await fundedAccount();
    const receiver = newAccount().address;
    const hash = await chain.writeContract({
      account: sender,
      address: addresses.cfaV1Forwarder,
      abi: cfaV1ForwarderAbi,
      functionName: "createFlow",
      args: [addresses.usdcx, sender.address, receiver, 277_777_777_777_777n, "0x"],
    });
    const opened = await timeOf(hash);
    await passTime(3_600n);

    const [since, rate, deposit] = await chain.readContract({
      address: addresses.cfa,
      abi: cfaAbi,
      functionName: "getFlow",
      args: [addresses.usdcx, sender.address, receiver],
    });
    // Four hours of 1 USDC an hour, rounded up to a multiple of 2^32.
    expect({ since, rate, deposit }).toEqual({
      since: opened,
      rate: 277_777_777_777_777n,
      deposit: 4_000_000_001_651_507_200n,
    });
    expect(await availableOf(receiver)).toBe(277_777_777_777_777n * 3_600n);
  });

  test("permit, wrap and open are one transaction of somebody who has approved nothing", async () => {
    const { addresses, chain } = devnet;
    const sender = await fundedAccount();
    const receiver = newAccount().address;
    const before = await availableOf(sender.address);
    const openFlow = encodeFunctionData({
      abi: cfaAbi,
      functionName: "createFlow",
      args: [addresses.usdcx, receiver, 1_000_000_000_000n, "0x"],
    });
    const hash = await chain.writeContract({
      account: sender,
      address: addresses.host,
      abi: hostAbi,
      functionName: "batchCall",
      args: [
        [
          {
            operationType: SIMPLE_FORWARD,
            target: addresses.usdc,
            data: await permitCall(sender, parseUnits("200", 6)),
          },
          {
            operationType: UPGRADE,
            target: addresses.usdcx,
            data: encodeAbiParameters([{ type: "uint256" }], [parseUnits("200", 18)]),
          },
          {
            operationType: CALL_AGREEMENT,
            target: addresses.cfa,
            data: encodeAbiParameters([{ type: "bytes" }, { type: "bytes" }], [openFlow, "0x"]),
          },
        ],
      ],
    });
    await timeOf(hash);
    const rate = await chain.readContract({
      address: addresses.cfaV1Forwarder,
      abi: cfaV1ForwarderAbi,
      functionName: "getFlowrate",
      args: [addresses.usdcx, sender.address, receiver],
    });
    expect(rate).toBe(1_000_000_000_000n);
    const deposit = 14_400_003_141_271_552n; // Four hours of it, up to the next multiple of 2^32.
    expect((await availableOf(sender.address)) - before).toBe(200_000_000_000_000_000_000n - deposit);
  });
});

describe("StreamPay on the devnet", () => {
  test("create, withdraw and cancel pay by the second", async () => {
    const { addresses, chain } = devnet;
    const [sender, recipient] = [await fundedAccount(), await fundedAccount()];
    const contract = { address: addresses.streamPay, abi: streamPayAbi } as const;
    const duration = 3_600n;
    const terms = { ...contract, functionName: "createStream", account: sender, value: 3_600_000n } as const;
    const args = [recipient.address, duration, 0, 7n] as const;
    const { result: streamId } = await chain.simulateContract({ ...terms, args });
    const opened = await timeOf(await chain.writeContract({ ...terms, args }));

    await chain.setNextBlockTimestamp({ timestamp: opened + 1_200n });
    const before = await chain.getBalance({ address: addresses.streamPay });
    const withdraw = { ...contract, functionName: "withdrawFromStream", args: [streamId] } as const;
    await timeOf(await chain.writeContract({ ...withdraw, account: recipient }));
    expect(before - (await chain.getBalance({ address: addresses.streamPay }))).toBe(1_200_000n);

    await chain.setNextBlockTimestamp({ timestamp: opened + 1_800n });
    const cancel = { ...contract, functionName: "cancelStream", args: [streamId] } as const;
    await timeOf(await chain.writeContract({ ...cancel, account: sender }));
    expect(before - (await chain.getBalance({ address: addresses.streamPay }))).toBe(3_600_000n);
  });
});

function newAccount(): PrivateKeyAccount {
  return privateKeyToAccount(generatePrivateKey());
}

async function fundedAccount(): Promise<PrivateKeyAccount> {
  const account = newAccount();
  await devnet.fund(account.address);
  return account;
}

/** Of the block that a transaction is in, seconds. @throws Error when it reverted */
async function timeOf(hash: Hex): Promise<bigint> {
  const { status, blockNumber } = await devnet.chain.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error(`${hash} reverted.`);
  return (await devnet.chain.getBlock({ blockNumber })).timestamp;
}

async function passTime(seconds: bigint): Promise<void> {
  const { timestamp } = await devnet.chain.getBlock();
  await devnet.chain.setNextBlockTimestamp({ timestamp: timestamp + seconds });
  await devnet.chain.mine({ blocks: 1 });
}

async function availableOf(account: Address): Promise<bigint> {
  const [available] = await devnet.chain.readContract({
    address: devnet.addresses.usdcx,
    abi: superTokenAbi,
    functionName: "realtimeBalanceOfNow",
    args: [account],
  });
  return available;
}

/** EIP-2612: lets USDCx take USDC of a person by their signature. */
async function permitCall(owner: PrivateKeyAccount, value: bigint): Promise<Hex> {
  const { usdc, usdcx } = devnet.addresses;
  const token = { address: usdc, abi: testUsdcAbi } as const;
  const nonce = await devnet.chain.readContract({ ...token, functionName: "nonces", args: [owner.address] });
  const [, name, version, chainId] = await devnet.chain.readContract({
    ...token,
    functionName: "eip712Domain",
  });
  const deadline = (await devnet.chain.getBlock()).timestamp + 86_400n;
  const signature = await owner.signTypedData({
    domain: { name, version, chainId: Number(chainId), verifyingContract: usdc },
    primaryType: "Permit",
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    message: { owner: owner.address, spender: usdcx, value, nonce, deadline },
  });
  const { r, s, v } = parseSignature(signature);
  return encodeFunctionData({
    abi: testUsdcAbi,
    functionName: "permit",
    args: [owner.address, usdcx, value, deadline, Number(v), r, s],
  });
}
