import "server-only";
import { type Address, BaseError, ContractFunctionRevertedError, getAddress, type Hex } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainClient } from "@/lib/chain/public-client";
import { ProblemError } from "@/lib/errors";
import type { DollarToken } from "@/lib/rails/chain-assets";
import type { DoorChain } from "./door-chain";

/** The token that single payments are made in, and who gets them. */
export type ChargeToken = {
  chainId: number;
  address: Address;
  asset: DollarToken;
  /** Of the EIP-712 domain that authorisations are signed in. */
  name: string;
  version: string;
  /** Whether it asks the code of accounts that have some (FiatTokenV2_2: `transferWithAuthorization` with `bytes`). Else keys alone can pay. */
  takesAccounts: boolean;
  /** The server's own account, which settles them. */
  payTo: Address;
  /** Blocks upon a payment, its own included, before it counts. */
  confirmations: number;
};

const NOBODY = "0x0000000000000000000000000000000000000001";
const NO_NONCE: Hex = `0x${"00".repeat(32)}`;
/** An authorisation that has expired long ago. */
const NO_TRANSFER = [NOBODY, NOBODY, 0n, 0n, 0n, NO_NONCE, "0x"] as const;

/**
 * Reads what has to be signed from the token itself: names differ by network ("USDC", "USD Coin").
 *
 * @returns null when the token takes no authorisations, so that nothing is offered
 * @throws ProblemError `unavailable` while no node answers
 */
export async function readChargeToken(chain: DoorChain, payTo: Address): Promise<ChargeToken | null> {
  const asset = chain.terms.streampay?.token ?? chain.terms.superfluid?.token;
  if (!asset) return null;
  const client = await chain.client();
  const address = getAddress(asset.address as Hex);
  const domain = await readDomain(client, address);
  const { confirmations, terms } = chain;
  return (
    domain && { chainId: terms.chainId, address, asset, payTo: getAddress(payTo), confirmations, ...domain }
  );
}

async function readDomain(
  client: ChainClient,
  address: Address,
): Promise<Pick<ChargeToken, "name" | "version" | "takesAccounts"> | null> {
  const token = { address, abi: testUsdcAbi } as const;
  const transfer = { ...token, functionName: "transferWithAuthorization", args: NO_TRANSFER } as const;
  const [name, version, state, asked] = await Promise.allSettled([
    client.readContract({ ...token, functionName: "name" }),
    client.readContract({ ...token, functionName: "version" }),
    client.readContract({ ...token, functionName: "authorizationState", args: [NOBODY, NO_NONCE] }),
    client.simulateContract(transfer),
  ]);
  if (name.status === "rejected") throw new ProblemError("unavailable", "The chain does not answer now.");
  if (version.status === "rejected" || state.status === "rejected") return null;
  return { name: name.value, version: version.value, takesAccounts: isKnown(asked) };
}

/** A function that is there refuses with a reason; one that is not refuses without. A node that failed says neither: then keys alone can pay. */
function isKnown(asked: PromiseSettledResult<unknown>): boolean {
  if (asked.status === "fulfilled") return true;
  if (!(asked.reason instanceof BaseError)) return false;
  const refusal = asked.reason.walk((at) => at instanceof ContractFunctionRevertedError);
  return refusal instanceof ContractFunctionRevertedError && (refusal.raw ?? "0x") !== "0x";
}
