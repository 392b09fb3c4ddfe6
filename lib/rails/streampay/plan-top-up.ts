import "server-only";
import { randomBytes } from "node:crypto";
import { BaseError, getAddress, type Hex } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { decodeError } from "@/lib/chain/decode-error";
import { ProblemError } from "@/lib/errors";
import type { SignedAllowance, ToSign } from "../allowance";
import type { ChainPlace } from "../chain-place";
import type { MirroredStream } from "../mirrored-stream";
import { readSigning } from "../read-signing";
import { authorizationTypedData, topUpNonce } from "./streampay-authorization";
import { topUpCalls, topUpWithAuthorizationCall } from "./streampay-calls";

/**
 * What a sender signs to add to its deposit: one transaction with enough allowance or a signed authorisation, else an approval before it.
 * Nothing when the stream has ended: the contract revives none, and another one is opened.
 *
 * @throws ProblemError `insufficient-balance`, `invalid-signature` (of the authorisation)
 */
export async function planTopUp(
  place: ChainPlace,
  { contract: streamPay, sender, asset }: Pick<MirroredStream, "contract" | "sender" | "asset">,
  { streamId, amount, signed }: { streamId: bigint; amount: bigint; signed?: SignedAllowance | undefined },
): Promise<ToSign> {
  const client = await place.client();
  const owner = getAddress(sender);
  const at = { streamPay: getAddress(streamPay), token: asset };
  const token = { address: asset.address, abi: testUsdcAbi } as const;
  const [{ timestamp }, { endTime }, has, allowance, { authorization }] = await Promise.all([
    client.getBlock(),
    client.readContract({
      address: at.streamPay,
      abi: streamPayAbi,
      functionName: "streamInfo",
      args: [streamId],
    }),
    client.readContract({ ...token, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...token, functionName: "allowance", args: [owner, at.streamPay] }),
    readSigning(client, { token: asset.address, owner }),
  ]);
  if (timestamp >= endTime) return { calls: [], allowance: null };
  if (amount > has)
    throw new ProblemError("insufficient-balance", `Your wallet has less ${asset.symbol} than that.`);
  if (signed) {
    const { salt, deadline: validBefore, signature } = signed;
    if (!salt) throw new ProblemError("invalid-signature", "This top-up is signed with a salt: give it too.");
    const authorised = { validAfter: 0n, validBefore, signature };
    const call = topUpWithAuthorizationCall(at, { streamId, amount, salt, signed: authorised });
    // The token itself says whether it takes the signature, also that of a smart account, before gas is paid to find out.
    await client.call({ account: owner, to: call.to, data: call.data }).catch((error: unknown) => {
      if (!(error instanceof BaseError)) throw error;
      const { kind, sentence } = decodeError(error, { token: asset.symbol });
      throw new ProblemError(kind === "contract" ? "invalid-signature" : "unavailable", sentence, {
        cause: error,
      });
    });
    return { calls: [call], allowance: null };
  }
  const calls = topUpCalls(at, { streamId, amount, allowance });
  if (!authorization || calls.length < 2) return { calls, allowance: null };
  const { domain, validBefore } = authorization;
  const salt: Hex = `0x${randomBytes(32).toString("hex")}`;
  const nonce = topUpNonce(at.streamPay, { chainId: place.network.chainId, streamId, amount, salt });
  const terms = { from: owner, to: at.streamPay, value: amount, validAfter: 0n, validBefore, nonce };
  const typedData = authorizationTypedData(domain, terms);
  return { calls, allowance: { typedData, deadline: validBefore, salt } };
}
