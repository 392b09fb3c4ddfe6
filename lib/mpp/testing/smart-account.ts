/** Smart accounts on a test's devnet: one owner signs for them (ERC-1271), and stock clients take them for any account. */
import { type Address, encodeDeployData, encodeFunctionData, getAddress } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { testWalletAbi } from "@/contracts-abi/test-wallet";
import { testWalletBytecode } from "@/contracts-abi/test-wallet-bytecode";
import type { startTestDevnet } from "@/lib/testing/devnet";

type Devnet = Awaited<ReturnType<typeof startTestDevnet>>;

/** @returns the account as its owner signs for it, and how that owner is removed; it has 10,000 USDC */
export async function newSmartAccount(devnet: Devnet) {
  const owner = privateKeyToAccount(generatePrivateKey());
  await devnet.fund(owner.address);
  await devnet.chain.impersonateAccount({ address: owner.address });
  const data = encodeDeployData({ abi: testWalletAbi, bytecode: testWalletBytecode, args: [owner.address] });
  const { contractAddress } = await mined(devnet, { account: owner.address, data });
  if (!contractAddress) throw new Error("No wallet was deployed.");
  const address = getAddress(contractAddress);
  await devnet.fund(address);
  return {
    address,
    owner,
    account: accountOf(address, owner),
    async removeOwner(): Promise<void> {
      const args = [owner.address, false] as const;
      const removal = encodeFunctionData({ abi: testWalletAbi, functionName: "setOwner", args });
      await mined(devnet, { account: owner.address, to: address, data: removal });
    },
  };
}

/** `address`, as stock clients see it that ask `signer` to sign for it. */
export function accountOf(address: Address, signer: PrivateKeyAccount): PrivateKeyAccount {
  return { ...signer, address };
}

/** Makes a key's address stand for `implementation` (EIP-7702). */
export async function delegateToCode(
  devnet: Devnet,
  key: PrivateKeyAccount,
  implementation: Address,
): Promise<void> {
  const [account] = await devnet.chain.getAddresses();
  if (!account) throw new Error("The devnet has no accounts.");
  const nonce = await devnet.chain.getTransactionCount({ address: key.address });
  const authorization = await key.signAuthorization({
    ...{ chainId: foundry.id, contractAddress: implementation, nonce },
  });
  await mined(devnet, { account, to: key.address, authorizationList: [authorization] });
}

async function mined(
  { chain }: Devnet,
  transaction: Omit<Parameters<Devnet["chain"]["sendTransaction"]>[0], "chain">,
) {
  const hash = await chain.sendTransaction({ ...transaction, chain: foundry } as never);
  const receipt = await chain.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`Reverted: ${hash}`);
  return receipt;
}
