import type { Address } from "viem";
import { describe, expect, test, vi } from "vitest";

// Before anything reads the settings: plans and calls are asked of the product as a site with a chain has it.
await vi.hoisted(async () => {
  await (await import("@/lib/testing/own-devnet")).ownDevnet();
  await (await import("@/lib/testing/own-database")).ownDatabase();
});

import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { pool } from "@/lib/db/pool";
import { closeStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { followChainOnce } from "@/lib/rails/follow-chain";
import { createWithAuthorizationCall } from "@/lib/rails/streampay/streampay-calls";
import { callOperation } from "@/lib/testing/call-operation";
import { listProvider } from "@/lib/testing/ledger-fixtures";
import { sendCalls } from "@/lib/testing/send-calls";
import { type Call, DAY_MS, planSite } from "./testing/plan-site";

const {
  chain,
  provider,
  person,
  personOfUsdc,
  plan,
  refusal,
  signPermit,
  send,
  streamsOf,
  outcome,
  flowRate,
  sign,
} = planSite();

describe("opening as a plan says", () => {
  test("StreamPay by allowance: approved exactly, opened, mirrored, and calls are authorised", async () => {
    const [payer, { id }] = [await person(), await provider()];
    expect(await outcome(payer, id)).toBe("stream/not-found");
    const { calls, prompts, permit, balances } = await plan(id, { rail: "streampay", payer: payer.address });
    expect({ prompts, says: calls.map(({ says }) => says.split(" ")[0]) }).toEqual({
      prompts: 2,
      says: ["Allow", "Lock"],
    });
    expect(permit).not.toBeNull();
    expect(balances).toEqual({
      token: "10000000000",
      underlying: null,
      coin: "10000000000000000000",
    });
    await sign(payer, calls);
    expect(await streamsOf(payer)).toMatchObject([
      { rail: "streampay", status: "active", funded: "1000000", provider: { id } },
    ]);
    expect(await outcome(payer, id)).toBe("authorised");
  });

  test("StreamPay by permit: one signature and one transaction", async () => {
    const [payer, { id }] = [await personOfUsdc("3"), await provider()];
    const asked = { rail: "streampay", payer: payer.address };
    const permit = await signPermit(payer, await plan(id, asked));
    const { calls, permit: none } = await plan(id, { ...asked, permit });
    expect([calls.length, none]).toEqual([1, null]);
    await sign(payer, calls);
    expect(await outcome(payer, id)).toBe("authorised");
    // It is spent: the same one again is refused before anybody pays gas.
    expect(await refusal(id, { ...asked, permit })).toMatchObject({ code: "invalid-signature" });
    const other = { ...permit, value: "999999" };
    expect(await refusal(id, { ...asked, permit: other })).toMatchObject({ code: "invalid-input" });
  });

  test("StreamPay by authorisation: one signature of the payer, sent by somebody else, and no coin of the payer's", async () => {
    const [payer, sender, { id, owner }] = [await personOfUsdc("3"), await person(), await provider()];
    await chain.setBalance({ address: payer.account.address, value: 0n });
    const { authorization, deposit } = await plan(id, { rail: "streampay", payer: payer.address });
    if (!authorization) throw new Error("There is an authorisation to sign.");
    const { validAfter, validBefore } = authorization.typedData.message;
    const signature = await payer.account.signTypedData(authorization.typedData);
    const rows = await pool().query("select provider_tag($1)::text as tag", [id]);
    const opening = createWithAuthorizationCall(
      { streamPay: DEVNET.streamPay, token: { address: DEVNET.usdc, symbol: "USDC", decimals: 6 } },
      {
        ...{ recipient: owner as Address, amount: BigInt(deposit), durationSeconds: 86_400n },
        tag: BigInt(rows.rows[0].tag),
      },
      {
        ...{ sender: payer.account.address, salt: authorization.salt },
        signed: { validAfter: BigInt(validAfter ?? 0), validBefore: BigInt(validBefore ?? 0), signature },
      },
    );
    await sendCalls({ chain }, sender.account, [opening]);
    await followChainOnce();
    expect(await outcome(payer, id)).toBe("authorised");
  });

  test("Superfluid with USDCx: one prompt; a second plan shares the flow, and closing one leaves the other", async () => {
    const payer = await person();
    const first = await provider();
    const second = await provider(first.owner);
    const opening = await plan(first.id, { payer: payer.address });
    expect([opening.prompts, opening.calls.length, opening.wrap]).toEqual([1, 1, "0"]);
    await sign(payer, opening.calls);
    expect(await outcome(payer, first.id)).toBe("authorised");
    expect(await outcome(payer, second.id)).toBe("stream/not-found");

    const sharing = await plan(second.id, { payer: payer.address, tier: "professional" });
    // The buffer of both together less what the first has locked; the chain rounds each up to 2^32.
    expect(sharing.deposit).toBe("1666666667712708608");
    await sign(payer, sharing.calls);
    expect(await flowRate(payer, first.owner)).toBe(11_574_074_074_074n + 115_740_740_740_740n);
    expect([await outcome(payer, first.id), await outcome(payer, second.id)]).toEqual([
      "authorised",
      "authorised",
    ]);

    const streams = await streamsOf(payer);
    const one = streams.find((stream) => stream.provider.id === first.id);
    const closing = await callOperation(closeStreamOperation, {
      token: payer.token,
      params: { streamId: one?.id ?? "" },
    });
    const { code, calls } = (await closing.json()) as { code: string; calls: Call[] };
    expect([closing.status, code]).toEqual([409, "stream-on-chain"]);
    await sign(payer, calls);
    expect(await flowRate(payer, first.owner)).toBe(115_740_740_740_740n);
    expect(await outcome(payer, first.id)).toBe("stream/terminated");
    expect(await outcome(payer, second.id)).toBe("authorised");
  });

  test("Superfluid with USDC alone: a permit, then wrapped and opened in one transaction", async () => {
    const [payer, { id, owner }] = [await personOfUsdc("5"), await provider()];
    const asked = { payer: payer.address };
    const before = await plan(id, asked);
    expect(before.calls.map(({ says }) => says.split(" ")[0])).toEqual(["Allow", "Wrap"]);
    expect(before).toMatchObject({ wrap: "1166667000000000000", prompts: 2, missing: null });
    const after = await plan(id, { ...asked, permit: await signPermit(payer, before) });
    expect(after).toMatchObject({ wrap: "1166667000000000000", prompts: 1, permit: null });
    const hashes = await sign(payer, after.calls);
    expect(hashes).toHaveLength(1);
    expect(await flowRate(payer, owner)).toBe(11_574_074_074_074n);
    expect(await outcome(payer, id)).toBe("authorised");
    const left = await chain.readContract({
      address: DEVNET.usdc,
      abi: testUsdcAbi,
      functionName: "balanceOf",
      args: [payer.account.address],
    });
    expect(left).toBe(3_833_333n);
  });

  test("a price below one base unit a second is one, and pays for its tier", async () => {
    const payer = await person();
    const rate = { amount: 1n, periodMs: BigInt(DAY_MS) };
    const { id, owner } = await listProvider(pool(), { tiers: { basic: { rate } } });
    expect(await plan(id, { rail: "streampay" })).toMatchObject({ deposit: "86400", flowRatePerSecond: "1" });
    const { calls, deposit } = await plan(id, { payer: payer.address });
    expect(deposit).toBe("4294967296");
    await sign(payer, calls);
    expect(await flowRate(payer, owner)).toBe(1n);
    expect(await outcome(payer, id)).toBe("authorised");
    expect(await streamsOf(payer)).toMatchObject([{ rail: "superfluid", status: "active" }]);
  });

  test("a plan for a flow that changed a moment ago is refused until that is read", async () => {
    const payer = await person();
    const first = await provider();
    const second = await provider(first.owner);
    const { calls } = await plan(first.id, { payer: payer.address });
    await send(payer, calls);
    expect(await refusal(second.id, { payer: payer.address })).toMatchObject({
      ...{ status: 503, code: "unavailable" },
    });
    await followChainOnce();
    expect((await plan(second.id, { payer: payer.address })).calls).toHaveLength(1);
  });
});
