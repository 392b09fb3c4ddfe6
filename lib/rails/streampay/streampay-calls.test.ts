import { decodeFunctionData, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import {
  cancelCall,
  cancelStreamsCall,
  createCalls,
  createWithAuthorizationCall,
  createWithPermitCall,
  topUpCalls,
  topUpWithAuthorizationCall,
  withdrawCall,
} from "./streampay-calls";

const streamPay = "0xDC6728f962D1b41De0F08dEDC20b76A3b541fb19";
const token = { address: "0xB7d38298430417f2c80d5578bdED94C51b942055", symbol: "USDC", decimals: 6 } as const;
const place = { streamPay, token } as const;
const recipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const sender = privateKeyToAccount("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
const terms = { recipient, amount: 1_500_000n, durationSeconds: 86_400n, tag: 77n } as const;
const encoded = {
  token: token.address,
  amount: 1_500_000n,
  recipient,
  duration: 86_400n,
  streamType: 0,
  providerId: 77n,
};
const salt = `0x${"11".repeat(32)}` as const;
const signed = { validAfter: 0n, validBefore: 2_000_000_000n, signature: "0x1234" } as const;

const decoded = (data: `0x${string}`) => decodeFunctionData({ abi: streamPayAbi, data });

describe("opening a stream of StreamPay", () => {
  test("allows exactly the deposit first, unless enough is allowed", () => {
    const calls = createCalls(place, terms, { allowance: 1_499_999n });
    expect(calls.map(({ to, value, says }) => ({ to, value, says }))).toEqual([
      { to: token.address, value: 0n, says: "Allow StreamPay to take exactly 1.5 USDC." },
      {
        to: streamPay,
        value: 0n,
        says: "Lock 1.5 USDC in StreamPay, which 0x7099…79C8 earns evenly over 86400 s. Closing it earlier gives the rest back.",
      },
    ]);
    const [approve, create] = calls;
    expect(
      decodeFunctionData({
        abi: parseAbi(["function approve(address, uint256)"]),
        data: approve?.data ?? "0x",
      }).args,
    ).toEqual([streamPay, 1_500_000n]);
    expect(decoded(create?.data ?? "0x")).toEqual({ functionName: "createTokenStream", args: [encoded] });
    expect(createCalls(place, terms, { allowance: 1_500_000n })).toEqual([create]);
  });

  test("takes a permit's signature apart", async () => {
    const signature = await sender.signMessage({ message: "any" });
    const call = createWithPermitCall(place, terms, { deadline: 99n, signature });
    const { functionName, args } = decoded(call.data);
    expect(functionName).toBe("createTokenStreamWithPermit");
    expect(args).toEqual([
      encoded,
      99n,
      Number.parseInt(signature.slice(130), 16),
      signature.slice(0, 66),
      `0x${signature.slice(66, 130)}`,
    ]);
  });

  test("by authorisation names the sender, since somebody else may send it", () => {
    const call = createWithAuthorizationCall(place, terms, { sender: sender.address, salt, signed });
    expect(decoded(call.data)).toEqual({
      functionName: "createTokenStreamWithAuthorization",
      args: [sender.address, encoded, salt, signed],
    });
  });
});

describe("changing streams of StreamPay", () => {
  test("a top-up is allowed exactly, and then asked for", () => {
    const calls = topUpCalls(place, { streamId: 12n, amount: 250_000n, allowance: 0n });
    expect(calls.map(({ says }) => says)).toEqual([
      "Allow StreamPay to take exactly 0.25 USDC.",
      "Add 0.25 USDC to stream 12 of StreamPay.",
    ]);
    expect(decoded(calls[1]?.data ?? "0x")).toEqual({ functionName: "topUp", args: [12n, 250_000n] });
    const byOther = topUpWithAuthorizationCall(place, { streamId: 12n, amount: 250_000n, salt, signed });
    expect(decoded(byOther.data)).toEqual({
      functionName: "topUpWithAuthorization",
      args: [12n, 250_000n, salt, signed],
    });
  });

  test("withdraw, close, and close many at once", () => {
    expect(decoded(withdrawCall(streamPay, 3n).data)).toEqual({
      functionName: "withdrawFromStream",
      args: [3n],
    });
    expect(decoded(cancelCall(streamPay, 3n).data)).toEqual({ functionName: "cancelStream", args: [3n] });
    const all = cancelStreamsCall(streamPay, [3n, 9n]);
    expect(all.says).toBe(
      "Close 2 streams of StreamPay at once: what is earned goes to the receivers, the rest to the senders.",
    );
    expect(decoded(all.data)).toEqual({ functionName: "cancelStreams", args: [[3n, 9n]] });
  });

  test.each([0, 201])("%i in one transaction is refused", (count) => {
    const ids = Array.from({ length: count }, (_, n) => BigInt(n));
    expect(() => cancelStreamsCall(streamPay, ids)).toThrow(RangeError);
  });
});
