import "server-only";
import {
  type Address,
  createWalletClient,
  type Hex,
  http,
  parseEther,
  parseUnits,
  publicActions,
} from "viem";
import { foundry } from "viem/chains";
import { superTokenAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { DEVNET } from "./devnet-addresses";

/** Base units of each. `usdc` has 6 decimals here as on most networks, the other two have 18. */
export type DevnetMoney = { coin: bigint; usdc: bigint; usdcx: bigint };

/** What a wallet holds after the faucet, at least. */
export const FAUCET_LEVEL: Readonly<DevnetMoney> = {
  coin: parseEther("10"),
  usdc: parseUnits("10000", 6),
  usdcx: parseUnits("10000", 18),
};

/** The dearest transaction here is a first `upgradeTo`, 150,000. */
const GAS = 400_000n;

const USDC = { address: DEVNET.usdc, abi: testUsdcAbi } as const;
const USDCX = { address: DEVNET.usdcx, abi: superTokenAbi } as const;

/**
 * Fills a wallet on the devnet up to `FAUCET_LEVEL`. Asking again gives nothing that is still there, so it needs no limit of
 * its own.
 *
 * @param rpcUrl of the devnet; default: this process's, `RPC_URL`
 * @param level what it is to hold at least
 * @returns what was given now; null when this process has no chain
 * @throws ProblemError `not-available-here` unless both the settings and the chain itself say devnet
 */
export async function fundOnDevnet(
  address: Address,
  rpcUrl = env.RPC_URL,
  level: Readonly<DevnetMoney> = FAUCET_LEVEL,
): Promise<DevnetMoney | null> {
  if (!rpcUrl) return null;
  const refusal = new ProblemError("not-available-here", "There is no faucet on this network.");
  if (env.NETWORK !== "devnet") throw refusal;
  const faucet = faucetClient(rpcUrl);
  if ((await faucet.getChainId()) !== DEVNET.chainId) throw refusal;

  return oneByOne(() => fill(address, faucet, level));
}

/**
 * Anvil gives two transactions of one account that arrive together the same number, and refuses one: each waits for the one
 * before. Next has a copy of this module in each route, hence the global.
 */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const shared = globalThis as { superstreamFaucet?: Promise<unknown> };
  const mine = (shared.superstreamFaucet ?? Promise.resolve()).then(work, work);
  shared.superstreamFaucet = mine.catch(() => {});
  return mine;
}

async function fill(
  address: Address,
  faucet: FaucetClient,
  level: Readonly<DevnetMoney>,
): Promise<DevnetMoney> {
  const [coin, usdc, usdcx] = await Promise.all([
    faucet.getBalance({ address }),
    faucet.readContract({ ...USDC, functionName: "balanceOf", args: [address] }),
    faucet.readContract({ ...USDCX, functionName: "balanceOf", args: [address] }),
  ]);
  const given: DevnetMoney = {
    coin: missing(level.coin, coin),
    usdc: missing(level.usdc, usdc),
    usdcx: missing(level.usdcx, usdcx),
  };
  const sent: Hex[] = [];
  if (given.coin > 0n) sent.push(await faucet.sendTransaction({ to: address, value: given.coin, gas: GAS }));
  if (given.usdc > 0n) {
    const args = [address, given.usdc] as const;
    sent.push(await faucet.writeContract({ ...USDC, functionName: "mint", args, gas: GAS }));
  }
  if (given.usdcx > 0n) {
    const args = [address, given.usdcx, "0x"] as const;
    sent.push(await faucet.writeContract({ ...USDCX, functionName: "upgradeTo", args, gas: GAS }));
  }
  for (const hash of sent) {
    const { status } = await faucet.waitForTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`The faucet's transaction ${hash} failed.`);
  }
  return given;
}

type FaucetClient = ReturnType<typeof faucetClient>;

function faucetClient(rpcUrl: string) {
  return createWalletClient({
    account: DEVNET.faucet,
    chain: foundry,
    transport: http(rpcUrl, { timeout: 10_000, retryCount: 1 }),
    pollingInterval: 25,
    cacheTime: 0,
  }).extend(publicActions);
}

function missing(level: bigint, there: bigint): bigint {
  return there < level ? level - there : 0n;
}
