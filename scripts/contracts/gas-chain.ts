import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Abi,
  type Address,
  createTestClient,
  encodeFunctionData,
  type Hex,
  http,
  publicActions,
  toHex,
  walletActions,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { snapshot } from "../devnet/build-snapshot";
import { findAnvil } from "../devnet/find-anvil";
import { newState } from "../devnet/new-state";
import { startAnvil } from "../devnet/start-anvil";
import { CACHE } from "../devnet/superfluid-artefacts";
import { Refusal } from "../report.mjs";

/** Anvil's own accounts. */
const MNEMONIC = "test test test test test test test test test test test junk";
/** Far more than any of these takes: nothing is estimated, so that nothing depends on an estimate. */
const GAS_LIMIT = 12_000_000n;

export type Sent = { gas: number; input: Hex };
export type GasChain = Awaited<ReturnType<typeof startGasChain>>;

/**
 * A chain of its own with what every devnet has (Superfluid, USDC, StreamPay), on which each transaction is measured by its
 * receipt: so storage is cold, and refunds and calldata are counted.
 */
export async function startGasChain() {
  const program = findAnvil();
  if (!program) throw new Refusal("There is no anvil for this platform in npm, and none on the PATH.");
  mkdirSync(CACHE, { recursive: true });
  const made = await snapshot({ anvil: program });
  const folder = mkdtempSync(join(tmpdir(), "superstream-gas-"));
  const file = join(folder, "state.json");
  const timestamp = BigInt(Math.floor(Date.now() / 1_000)); // The chain's own clock: a year from now is refused.
  writeFileSync(file, newState(made, { timestamp, identity: toHex(randomBytes(32)) }));
  const anvil = await startAnvil({ program, args: ["--load-state", file] }).finally(() =>
    rmSync(folder, { recursive: true, force: true }),
  );
  const client = createTestClient({ chain: foundry, mode: "anvil", transport: http(anvil.url) })
    .extend(publicActions)
    .extend(walletActions);
  const accountOf = (index: number) => mnemonicToAccount(MNEMONIC, { addressIndex: index });

  return {
    client,
    accountOf,
    stop: anvil.stop,

    async wait(seconds: number): Promise<void> {
      await client.increaseTime({ seconds });
      await client.mine({ blocks: 1 });
    },

    /** @param by index of the account @throws Error when it is reverted */
    async send(
      by: number,
      to: Address,
      abi: Abi,
      functionName: string,
      args: readonly unknown[],
      value = 0n,
    ): Promise<Sent> {
      const input = encodeFunctionData({ abi, functionName, args });
      const hash = await client.sendTransaction({
        account: accountOf(by),
        to,
        data: input,
        value,
        gas: GAS_LIMIT,
      });
      const { status, gasUsed } = await client.waitForTransactionReceipt({ hash });
      if (status !== "success") throw new Error(`${functionName} was reverted.`);
      return { gas: Number(gasUsed), input };
    },

    async deploy(abi: Abi, bytecode: Hex, args: readonly unknown[] = []): Promise<Address> {
      const hash = await client.deployContract({
        account: accountOf(0),
        abi,
        bytecode,
        args,
        gas: GAS_LIMIT,
      });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      if (!contractAddress) throw new Error("A contract was not created.");
      return contractAddress;
    },
  };
}
