import { type Abi, type Address, encodeFunctionData, maxUint256, parseUnits, zeroAddress } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaV1ForwarderAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { fetchSablier } from "./fetch-sablier";
import type { GasChain, Sent } from "./gas-chain";

const [SENDER, RECIPIENT, OTHER_SENDER, KEEPER] = [1, 2, 3, 4] as const;
const DEPOSIT = 6_000_000_000_000_000n;
/** Seconds: none may end while this runs on a busy machine, where the end gives gas back. In one byte, as forge's 60 is. */
const DURATION = 240n;

/** Gas by the name of the operation, as in contracts/snapshots. The recipient has been paid before, as on any day but the first. */
export async function measureStreamPay(chain: GasChain): Promise<Record<string, Sent>> {
  const to = chain.accountOf(RECIPIENT).address;
  const call = (by: number, name: string, args: readonly unknown[], value = 0n) =>
    chain.send(by, DEVNET.streamPay, streamPayAbi, name, args, value);
  const open = (by: number, recipient: Address = to) =>
    call(by, "createStream", [recipient, DURATION, 0, 7n], DEPOSIT);
  const terms = {
    token: DEVNET.usdc,
    amount: 6_000_000n,
    recipient: to,
    duration: DURATION,
    streamType: 0,
    providerId: 7n,
  };
  const openUsdc = (by: number) => call(by, "createTokenStream", [terms]);

  for (const by of [SENDER, OTHER_SENDER]) await giveUsdc(chain, by, DEVNET.streamPay);
  // 1 to 4 have been paid out once; from 5 on: 200 of one recipient, then 10 of ten.
  for (const by of [SENDER, OTHER_SENDER]) {
    await open(by);
    await openUsdc(by);
  }
  const strangers = Array.from(
    { length: 10 },
    (_, index) => `0x${(0xc0ffee00 + index).toString(16).padStart(40, "0")}` as Address,
  );
  for (const address of strangers) await chain.client.setBalance({ address, value: 1n });
  await chain.wait(1);
  await call(KEEPER, "batchUpdateStreams", [[3n, 4n]]);
  for (let index = 0; index < 200; ++index) await open(SENDER);
  for (const address of strangers) await open(SENDER, address);
  await chain.wait(10);

  const range = (from: bigint, count: number) =>
    Array.from({ length: count }, (_, index) => from + BigInt(index));
  const batch = (from: bigint, count: number) => call(KEEPER, "batchUpdateStreams", [range(from, count)]);
  const result: Record<string, Sent> = {};
  result["create native"] = await open(SENDER);
  result["create ERC-20"] = await openUsdc(SENDER);
  result["top up native, first"] = await call(OTHER_SENDER, "topUp", [3n, DEPOSIT], DEPOSIT);
  result["top up native, again"] = await call(OTHER_SENDER, "topUp", [3n, DEPOSIT], DEPOSIT);
  result["withdraw native"] = await call(RECIPIENT, "withdrawFromStream", [1n]);
  result["withdraw ERC-20"] = await call(RECIPIENT, "withdrawFromStream", [2n]);
  await chain.wait(1);
  result["cancel native"] = await call(SENDER, "cancelStream", [1n]);
  result["cancel ERC-20"] = await call(SENDER, "cancelStream", [2n]);
  result["batch update 10, ten recipients"] = await batch(205n, 10);
  for (const count of [1, 10, 50, 200]) {
    await chain.wait(1);
    result[`batch update ${count}`] = await batch(5n, count);
  }
  return result;
}

/** Superfluid's flows of USDCx, through the forwarder that wallets use. */
export async function measureSuperfluid(chain: GasChain): Promise<Record<string, Sent>> {
  const [from, to] = [chain.accountOf(SENDER).address, chain.accountOf(RECIPIENT).address];
  const rate = 277_777_777_777_777n; // 1 USDCx an hour
  const flow = (name: string, args: readonly unknown[]) =>
    chain.send(SENDER, DEVNET.cfaV1Forwarder, cfaV1ForwarderAbi as Abi, name, [
      DEVNET.usdcx,
      from,
      to,
      ...args,
      "0x",
    ]);
  const token = (by: number, name: string, args: readonly unknown[]) =>
    chain.send(by, DEVNET.usdcx, superTokenAbi as Abi, name, args);

  await giveUsdc(chain, SENDER, DEVNET.usdcx);
  const result: Record<string, Sent> = {};
  await token(SENDER, "upgrade", [parseUnits("100", 18)]);
  result.wrap = await token(SENDER, "upgrade", [parseUnits("100", 18)]);
  result.create = await flow("createFlow", [rate]);
  await chain.wait(3_600);
  result.change = await flow("updateFlow", [rate * 2n]);
  await chain.wait(3_600);
  result.withdraw = await token(RECIPIENT, "downgrade", [parseUnits("1", 18)]);
  result.cancel = await flow("deleteFlow", []);
  return result;
}

/** Sablier Flow in USDC, from the bytecode that its package ships. */
export async function measureSablier(chain: GasChain): Promise<Record<string, Sent>> {
  const contracts = await fetchSablier();
  const compiled = (name: string) => {
    const contract = contracts[name];
    if (!contract) throw new Error(`Sablier's packages lack ${name}.`);
    return contract;
  };
  const deploy = (name: string, args: readonly unknown[] = []) =>
    chain.deploy(compiled(name).abi, compiled(name).bytecode, args);
  const admin = chain.accountOf(0).address;
  const comptroller = compiled("SablierComptroller");
  const noFees = encodeFunctionData({
    abi: comptroller.abi,
    functionName: "initialize",
    args: [admin, 0n, 0n, 0n, 0n, zeroAddress],
  });
  const proxy = await deploy("ERC1967Proxy", [await deploy("SablierComptroller", [admin]), noFees]);
  const flow = await deploy("SablierFlow", [proxy, await deploy("FlowNFTDescriptor")]);
  const { abi } = compiled("SablierFlow");
  const call = (by: number, name: string, args: readonly unknown[]) => chain.send(by, flow, abi, name, args);

  const [from, to] = [chain.accountOf(SENDER).address, chain.accountOf(RECIPIENT).address];
  const open = () =>
    call(SENDER, "createAndDeposit", [from, to, 277_777_777_777_777n, 0, DEVNET.usdc, false, 2_000_000n]);
  await giveUsdc(chain, SENDER, flow);
  // The first pays for slots that are there ever after.
  await open();
  await chain.wait(1_800);
  await call(RECIPIENT, "withdrawMax", [1n, to]);
  const result: Record<string, Sent> = {};
  result.create = await open();
  await chain.wait(1_800);
  result["top up"] = await call(SENDER, "deposit", [2n, 1_000_000n, from, to]);
  result.withdraw = await call(RECIPIENT, "withdrawMax", [2n, to]);
  await chain.wait(60);
  result.refund = await call(SENDER, "refundMax", [2n]);
  result.void = await call(SENDER, "void", [2n]);
  return result;
}

async function giveUsdc(chain: GasChain, to: number, spender: Address): Promise<void> {
  const account = chain.accountOf(to).address;
  await chain.send(to, DEVNET.usdc, testUsdcAbi, "mint", [account, parseUnits("1000000", 6)]);
  await chain.send(to, DEVNET.usdc, testUsdcAbi, "approve", [spender, maxUint256]);
}
