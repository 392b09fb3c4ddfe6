import {
  type Abi,
  type Address,
  createTestClient,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  http,
  parseEther,
  publicActions,
  walletActions,
} from "viem";
import { foundry } from "viem/chains";

/** Enough for the dearest step of the framework, which creates a library of 32 kB. */
const GAS = 29_000_000n;

/** Deploys and calls as one account whose key nobody has, on an anvil that mines each transaction at once. */
export type ChainAdmin = {
  client: ReturnType<typeof clientOf>;
  /** @returns the new contract's address. @throws Error when the constructor reverts */
  deploy: (
    what: string,
    contract: { abi: Abi; bytecode: Hex; args?: readonly unknown[] },
  ) => Promise<Address>;
  /** @throws Error when the call reverts */
  call: (to: Address, abi: Abi, functionName: string, args: readonly unknown[]) => Promise<void>;
  send: (what: string, transaction: { to?: Address; data?: Hex; value?: bigint }) => Promise<void>;
  read: <T>(to: Address, abi: Abi, functionName: string) => Promise<T>;
  /** The address of the contract that this account creates as its `nonce`th transaction. */
  willDeployAt: (nonce: bigint) => Address;
  setNonce: (nonce: number) => Promise<void>;
};

export function chainAdmin(url: string, address: Address): ChainAdmin {
  const client = clientOf(url, address);

  async function send(
    what: string,
    transaction: { to?: Address; data?: Hex; value?: bigint },
  ): Promise<void> {
    const hash = await client.sendTransaction({ ...transaction, gas: GAS });
    const { status } = await client.waitForTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`Building the devnet: ${what} reverted.`);
  }
  const willDeployAt = (nonce: bigint) => getContractAddress({ from: address, nonce });

  return {
    client,
    send,
    willDeployAt,
    async deploy(what, { abi, bytecode, args = [] }) {
      const nonce = await client.getTransactionCount({ address });
      await send(`the creation of ${what}`, { data: encodeDeployData({ abi, bytecode, args }) });
      return willDeployAt(BigInt(nonce));
    },
    call: (to, abi, functionName, args) =>
      send(functionName, { to, data: encodeFunctionData({ abi, functionName, args }) }),
    read: async <T>(to: Address, abi: Abi, functionName: string) =>
      (await client.readContract({ address: to, abi, functionName })) as T,
    setNonce: (nonce) => client.setNonce({ address, nonce }),
  };
}

/** Lets the account act, with coin for gas, while `work` lasts. */
export async function asAdmin<T>(
  url: string,
  address: Address,
  work: (admin: ChainAdmin) => Promise<T>,
): Promise<T> {
  const admin = chainAdmin(url, address);
  await admin.client.impersonateAccount({ address });
  await admin.client.setBalance({ address, value: parseEther("1000000") });
  const result = await work(admin);
  await admin.client.setBalance({ address, value: 0n });
  await admin.client.stopImpersonatingAccount({ address });
  return result;
}

function clientOf(url: string, account: Address) {
  return createTestClient({
    account,
    chain: foundry,
    mode: "anvil",
    transport: http(url),
    pollingInterval: 5,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions);
}
