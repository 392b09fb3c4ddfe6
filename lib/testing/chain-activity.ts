import { type Address, encodeFunctionData, type Hex, maxUint256, numberToHex, parseEther } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { rpc } from "../../scripts/devnet/rpc";
import type { randomSource } from "./random-source";

type Call = { from: Address; to: Address; data: Hex; value?: Hex; gas: Hex };

const GAS = numberToHex(900_000);

/**
 * Some accounts that do at random what the market does on a devnet: streams of StreamPay in coin and in USDC, Superfluid flows,
 * transfers. Many of the calls revert, as in life.
 *
 * @param fund gives an account its USDC and USDCx
 */
export async function chainActivity(
  rpcUrl: string,
  random: ReturnType<typeof randomSource>,
  fund: (address: Address) => Promise<unknown>,
) {
  const accounts = (await rpc<Address[]>(rpcUrl, "eth_accounts")).slice(0, 4);
  await rpc(rpcUrl, "evm_setAutomine", [true]);
  for (const account of accounts) {
    await fund(account);
    await send(rpcUrl, approval(account));
  }
  await rpc(rpcUrl, "anvil_setBlockTimestampInterval", [7]);
  await rpc(rpcUrl, "evm_setAutomine", [false]);
  let streams = 1;

  function randomCall(): Call {
    const from = random.pick(accounts);
    const to = random.pick(accounts);
    const id = BigInt(1 + random.below(streams + 2));
    const pay = (data: Hex, value?: bigint): Call => ({
      ...{ from, to: DEVNET.streamPay, data, gas: GAS },
      ...(value ? { value: numberToHex(value) } : {}),
    });
    const amount = BigInt(1_000 + random.below(1_000_000));
    const duration = BigInt(50 + random.below(900));
    const act: readonly (() => Call)[] = [
      () => pay(encode("createStream", [to, duration, 0, 1n]), parseEther("0.001") + amount),
      () =>
        pay(
          encode("createTokenStream", [
            { token: DEVNET.usdc, amount, recipient: to, duration, streamType: 1, providerId: id },
          ]),
        ),
      () => pay(encode("topUp", [id, amount]), random.below(2) ? amount : undefined),
      () => pay(encode("withdrawFromStream", [id])),
      () => pay(encode("cancelStream", [id])),
      () => pay(encode("batchUpdateStreams", [[id, id + 1n, id + 2n]])),
      () => setFlow(from, to, BigInt(random.below(4)) * 10n ** 12n),
      () => transfer(from, to, amount),
    ];
    return random.pick(act)();
  }

  return {
    accounts,
    /** Opens a stream of StreamPay in coin: one event. */
    createStream: (): Call => ({
      ...{ from: accounts[0] as Address, to: DEVNET.streamPay, value: "0x10000", gas: GAS },
      data: encode("createStream", [accounts[1], 900n, 0, 1n]),
    }),
    /** Moves base units of USDC to StreamPay. */
    transferToEscrow: (amount: bigint) => transfer(accounts[0] as Address, DEVNET.streamPay, amount),
    /** Sends `count` calls and mines them into one block. */
    async mineBlock(count: number): Promise<void> {
      for (let call = 0; call < count; call += 1) await send(rpcUrl, randomCall()).catch(() => undefined); // Out of money.
      await rpc(rpcUrl, "evm_mine");
      streams += count;
    },
    /** Takes blocks back; `calls` more happen in what comes instead. */
    reorganise: (depth: number, calls: number) =>
      rpc(rpcUrl, "anvil_reorg", [
        depth,
        Array.from({ length: calls }, () => [randomCall(), random.below(depth)]),
      ]),
  };
}

function encode<
  const Name extends
    | "createStream"
    | "createTokenStream"
    | "topUp"
    | "withdrawFromStream"
    | "cancelStream"
    | "batchUpdateStreams",
>(functionName: Name, args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: streamPayAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0]);
}

function approval(from: Address): Call {
  const args = [DEVNET.streamPay, maxUint256] as const;
  return {
    ...{ from, to: DEVNET.usdc, gas: GAS },
    data: encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args }),
  };
}

function transfer(from: Address, to: Address, amount: bigint): Call {
  const args = [to, amount] as const;
  return {
    ...{ from, to: DEVNET.usdc, gas: GAS },
    data: encodeFunctionData({ abi: testUsdcAbi, functionName: "transfer", args }),
  };
}

function setFlow(from: Address, to: Address, rate: bigint): Call {
  const args = [DEVNET.usdcx, to, rate] as const;
  return {
    ...{ from, to: DEVNET.cfaV1Forwarder, gas: GAS },
    data: encodeFunctionData({ abi: cfaV1ForwarderAbi, functionName: "setFlowrate", args }),
  };
}

async function send(rpcUrl: string, call: Call): Promise<void> {
  await rpc(rpcUrl, "eth_sendTransaction", [call]);
}
