import { createHash } from "node:crypto";
import { type Abi, type Address, type Hex, maxUint256, parseEventLogs, zeroAddress } from "viem";
import { computeRegistryAbi } from "@/contracts-abi/compute-registry";
import { computeRegistryBytecode } from "@/contracts-abi/compute-registry-bytecode";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { sessionOperatorBytecode } from "@/contracts-abi/session-operator-bytecode";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { streamPayBytecode } from "@/contracts-abi/stream-pay-bytecode";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { testUsdcBytecode } from "@/contracts-abi/test-usdc-bytecode";
import type { ChainAdmin } from "./chain-admin";
import { artefactOf, type Framework } from "./deploy-superfluid";
import { SUPERFLUID_INTEGRITY, type SuperfluidArtefacts } from "./superfluid-artefacts";

/** By the key that `lib/chain/devnet-addresses.ts` gives them. */
export type Addresses = Readonly<Record<string, Address>>;

type Contract = {
  key: string;
  abi: Abi;
  bytecode: Hex;
  /** Of the constructor. */
  args?: (addresses: Addresses) => readonly unknown[];
};

/**
 * Our contracts. The place in the list is the nonce that creates the contract, so an address changes only when the order
 * does: **new ones go to the end.**
 */
const OURS: readonly Contract[] = [
  { key: "usdc", abi: testUsdcAbi, bytecode: testUsdcBytecode },
  { key: "streamPay", abi: streamPayAbi, bytecode: streamPayBytecode, args: ({ admin }) => [admin] },
  {
    key: "computeRegistry",
    abi: computeRegistryAbi,
    bytecode: computeRegistryBytecode,
    args: ({ admin }) => [admin],
  },
  {
    key: "sessionOperator",
    abi: sessionOperatorAbi,
    bytecode: sessionOperatorBytecode,
    args: ({ host, cfa }) => [host, cfa],
  },
];

/** Tells one version of what stands on a devnet from another. Hex. */
export function contractsDigest(): string {
  const hash = createHash("sha256").update(SUPERFLUID_INTEGRITY);
  for (const { key, bytecode } of OURS) hash.update(`\0${key}\0${bytecode}`);
  return hash.digest("hex");
}

/** Transactions of the admin that are not in the list come after these. */
const AFTER_OURS = 100;

/** Deploys what is ours, and wraps the test USDC. @returns the addresses, with those of `framework` */
export async function deployContracts(
  admin: ChainAdmin,
  artefacts: SuperfluidArtefacts,
  framework: Framework & { admin: Address },
): Promise<Addresses> {
  const addresses: Record<string, Address> = { ...framework };
  for (const [nonce, { key }] of OURS.entries()) addresses[key] = admin.willDeployAt(BigInt(nonce));

  for (const { key, args, ...compiled } of OURS)
    await admin.deploy(key, { ...compiled, args: args?.(addresses) ?? [] });
  await admin.setNonce(AFTER_OURS);
  return { ...addresses, usdcx: await wrapUsdc(admin, artefacts, addresses) };
}

/** The Super Token of the test USDC, made by the framework's factory as on a real network. */
async function wrapUsdc(
  admin: ChainAdmin,
  artefacts: SuperfluidArtefacts,
  { usdc, superTokenFactory }: Addresses,
): Promise<Address> {
  const { abi } = artefactOf(artefacts, "SuperTokenFactory");
  const upgradeable = 1;
  const { client } = admin;
  const hash = await client.writeContract({
    address: superTokenFactory as Address,
    abi,
    functionName: "createERC20Wrapper",
    args: [usdc, 6, upgradeable, "Super USD Coin", "USDCx", zeroAddress],
    gas: 5_000_000n,
  });
  const { logs } = await client.waitForTransactionReceipt({ hash });
  const [created] = parseEventLogs({ abi, logs, eventName: "SuperTokenCreated" });
  if (!created) throw new Error("Building the devnet: the factory made no USDCx.");
  return (created.args as unknown as { token: Address }).token;
}

/** The faucet gives USDCx by wrapping for others what it has itself: 1,000,000,000 USDC. */
export async function stockFaucet(faucet: ChainAdmin, { usdc, usdcx }: Addresses): Promise<void> {
  const own = faucet.client.account.address;
  await faucet.call(usdc as Address, testUsdcAbi, "mint", [own, 10n ** 15n]);
  await faucet.call(usdc as Address, testUsdcAbi, "approve", [usdcx, maxUint256]);
}
