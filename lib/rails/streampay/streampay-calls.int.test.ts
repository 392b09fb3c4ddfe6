import { type Address, parseUnits } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { startTestDevnet } from "@/lib/testing/devnet";
import { sendCalls } from "@/lib/testing/send-calls";
import { approveCall, permitTypedData } from "../erc20-calls";
import { authorizationTypedData, createNonce, topUpNonce } from "./streampay-authorization";
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
import type { EscrowTerms, StreamPayPlace } from "./token-stream";

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let place: StreamPayPlace;
let [sender, recipient, relay]: Address[] = [];
const chainId = 31_337;
const deadline = 2n ** 40n;
const salt = `0x${"5a".repeat(32)}` as const;

beforeAll(async () => {
  devnet = await startTestDevnet();
  const { usdc, streamPay } = devnet.addresses;
  place = { streamPay, token: { address: usdc, symbol: "USDC", decimals: 6 } };
  [sender, recipient, relay] = await devnet.chain.getAddresses();
  await devnet.fund(people().sender);
});
afterAll(() => devnet?.stop());

function people() {
  if (!sender || !recipient || !relay) throw new Error("Anvil has too few accounts.");
  return { sender, recipient, relay };
}

function someTerms(): EscrowTerms {
  return { recipient: people().recipient, amount: 1_000_000n, durationSeconds: 100n, tag: 7n };
}

const usdcOf = (account: Address) =>
  devnet.chain.readContract({
    address: place.token.address,
    abi: testUsdcAbi,
    functionName: "balanceOf",
    args: [account],
  });
const allowed = () =>
  devnet.chain.readContract({
    address: place.token.address,
    abi: testUsdcAbi,
    functionName: "allowance",
    args: [people().sender, place.streamPay],
  });
const infoOf = (id: bigint) =>
  devnet.chain.readContract({
    address: place.streamPay,
    abi: streamPayAbi,
    functionName: "streamInfo",
    args: [id],
  });
const lastId = async () =>
  (
    await devnet.chain.readContract({
      address: place.streamPay,
      abi: streamPayAbi,
      functionName: "protocolStats",
    })
  ).streams;
const domain = () =>
  ({ name: "USD Coin", version: "2", chainId, verifyingContract: place.token.address }) as const;

async function opened(): Promise<bigint> {
  await sendCalls(devnet, people().sender, createCalls(place, someTerms(), { allowance: await allowed() }));
  return lastId();
}

describe("calls to StreamPay on a real chain", () => {
  test("an opening by allowance locks its deposit and leaves no allowance", async () => {
    const before = await usdcOf(people().sender);
    const id = await opened();
    expect(await infoOf(id)).toMatchObject({
      ...{ sender: people().sender, recipient: people().recipient, token: place.token.address },
      ...{ deposit: 1_000_000n, rateAmount: 1_000_000n, ratePeriod: 100n, providerId: 7n, open: true },
    });
    expect(before - (await usdcOf(people().sender))).toBe(1_000_000n);
    expect(await allowed()).toBe(0n);
  });

  test("an opening by permit is one transaction", async () => {
    const { sender: owner } = people();
    const nonce = await devnet.chain.readContract({
      address: place.token.address,
      abi: testUsdcAbi,
      functionName: "nonces",
      args: [owner],
    });
    const typed = permitTypedData(domain(), {
      owner,
      spender: place.streamPay,
      value: 1_000_000n,
      nonce,
      deadline,
    });
    const signature = await devnet.chain.signTypedData({ account: owner, ...typed });
    await sendCalls(devnet, owner, [createWithPermitCall(place, someTerms(), { deadline, signature })]);
    expect(await infoOf(await lastId())).toMatchObject({ sender: owner, deposit: 1_000_000n, open: true });
    expect(await allowed()).toBe(0n);
  });

  test("an opening and a top-up by authorisation are sent by somebody else, with nonces that the contract agrees on", async () => {
    const { sender: from, relay: other } = people();
    const terms = someTerms();
    const nonce = createNonce(place, terms, { chainId, sender: from, salt });
    const { streamPay, token } = place;
    expect(
      await devnet.chain.readContract({
        address: streamPay,
        abi: streamPayAbi,
        functionName: "createNonce",
        args: [
          from,
          {
            ...{ token: token.address, amount: 1_000_000n, recipient: terms.recipient, duration: 100n },
            ...{ streamType: 0, providerId: 7n },
          },
          salt,
        ],
      }),
    ).toBe(nonce);
    const within = { validAfter: 0n, validBefore: deadline };
    const typed = authorizationTypedData(domain(), {
      from,
      to: streamPay,
      value: 1_000_000n,
      nonce,
      ...within,
    });
    const signature = await devnet.chain.signTypedData({ account: from, ...typed });
    const opening = createWithAuthorizationCall(place, terms, {
      sender: from,
      salt,
      signed: { ...within, signature },
    });
    const [hash] = await sendCalls(devnet, other, [opening]);
    const { from: payer } = await devnet.chain.getTransactionReceipt({ hash: hash ?? "0x" });
    expect(payer.toLowerCase()).toBe(other.toLowerCase());
    const id = await lastId();
    expect(await infoOf(id)).toMatchObject({ sender: from, deposit: 1_000_000n, open: true });

    const more = topUpNonce(streamPay, { chainId, streamId: id, amount: 500_000n, salt });
    const added = authorizationTypedData(domain(), {
      ...{ from, to: streamPay, value: 500_000n, nonce: more },
      ...within,
    });
    const signed = { ...within, signature: await devnet.chain.signTypedData({ account: from, ...added }) };
    const terms2 = { streamId: id, amount: 500_000n, salt, signed };
    await sendCalls(devnet, other, [topUpWithAuthorizationCall(place, terms2)]);
    expect(await infoOf(id)).toMatchObject({ deposit: 1_500_000n, ratePeriod: 100n, rateAmount: 1_000_000n });
  });

  test("a top-up by allowance keeps the rate and moves the end", async () => {
    const id = await opened();
    const before = await infoOf(id);
    const topUp = { streamId: id, amount: 250_000n, allowance: await allowed() };
    await sendCalls(devnet, people().sender, topUpCalls(place, topUp));
    expect(await infoOf(id)).toMatchObject({ deposit: 1_250_000n, endTime: before.endTime + 25n });
  });

  test("the recipient takes out what is earned, and either party closes", async () => {
    const id = await opened();
    const before = await usdcOf(people().recipient);
    await devnet.chain.increaseTime({ seconds: 40 });
    await devnet.chain.mine({ blocks: 1 });
    await sendCalls(devnet, people().recipient, [withdrawCall(place.streamPay, id)]);
    const { withdrawn } = await infoOf(id);
    expect(withdrawn >= 400_000n && withdrawn <= 450_000n).toBe(true);
    expect((await usdcOf(people().recipient)) - before).toBe(withdrawn);
    await expect(sendCalls(devnet, people().relay, [cancelCall(place.streamPay, id)])).rejects.toThrow();
    await sendCalls(devnet, people().sender, [cancelCall(place.streamPay, id)]);
    expect(await infoOf(id)).toMatchObject({ open: false });
  });

  test("many streams close in one transaction, which moves all of their money", async () => {
    const ids = [await opened(), await opened(), await opened()];
    const hashes = await sendCalls(devnet, people().sender, [cancelStreamsCall(place.streamPay, ids)]);
    expect(hashes).toHaveLength(1);
    for (const id of ids) expect(await infoOf(id)).toMatchObject({ open: false, deposit: 0n });
  });

  test("an exact approval replaces a larger one", async () => {
    const spender = place.streamPay;
    const approve = (amount: bigint) => approveCall({ token: place.token, spender, to: "StreamPay", amount });
    await sendCalls(devnet, people().sender, [approve(parseUnits("9", 6)), approve(5n)]);
    expect(await allowed()).toBe(5n);
  });
});
