import { describe, expect, test, vi } from "vitest";

// Before anything reads the settings: changes and closings are asked of the product as a site with a chain has it.
await vi.hoisted(async () => {
  await (await import("@/lib/testing/own-devnet")).ownDevnet();
  await (await import("@/lib/testing/own-database")).ownDatabase();
});

import {
  changeStreamTierOperation,
  closeStreamOperation,
  collectStreamOperation,
  pauseStreamOperation,
  topUpStreamOperation,
} from "@/lib/http/operations/stream-change-operations";
import { getStreamOperation } from "@/lib/http/operations/stream-operations";
import { planCloseOperation } from "@/lib/http/operations/stream-plan-operations";
import { railFor } from "@/lib/rails/rail-for";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { type Call, type Person, planSite } from "./testing/plan-site";

const { chain, provider, person, plan, streamsOf, outcome, flowRate, sign } = planSite();

describe("changing and closing on a chain through the API", () => {
  async function refusedWithCalls(
    operation: Parameters<typeof callOperation>[0],
    { token }: Person,
    streamId: string,
    json?: unknown,
  ): Promise<Call[]> {
    const response = await callOperation(operation, {
      token,
      params: { streamId },
      ...(json ? { json } : {}),
    });
    const body = (await response.json()) as { code: string; calls: Call[] };
    expect([response.status, body.code]).toEqual([409, "stream-on-chain"]);
    return body.calls;
  }

  test("top-up, collect and close of StreamPay are refused with the calls that do them; a pause with none", async () => {
    const [payer, owner] = [await person(), await person()];
    const { id } = await provider(owner.address);
    await sign(payer, (await plan(id, { rail: "streampay", payer: payer.address })).calls);
    const [stream] = await streamsOf(payer);
    if (!stream) throw new Error("It was opened.");
    expect(await refusedWithCalls(pauseStreamOperation, payer, stream.id)).toEqual([]);
    const tier = { tier: "professional" };
    expect(await refusedWithCalls(changeStreamTierOperation, payer, stream.id, tier)).toEqual([]);

    await sign(payer, await refusedWithCalls(topUpStreamOperation, payer, stream.id, { amount: "500000" }));
    expect(await streamsOf(payer)).toMatchObject([{ funded: "1500000" }]);
    expect(await railFor("streampay").observe(stream.id)).toMatchObject({
      ...{ status: "active", funded: 1_500_000n, paid: 0n, refunded: 0n, asOf: { kind: "block" } },
    });

    await chain.increaseTime({ seconds: 3_600 });
    await chain.mine({ blocks: 1 });
    await sign(owner, await refusedWithCalls(collectStreamOperation, owner, stream.id));
    const { paid } = await railFor("streampay").observe(stream.id);
    expect(paid >= 41_666n && paid < 42_000n).toBe(true);

    await expect(
      railFor("streampay").settle({ streamId: stream.id, actor: payer.address }),
    ).rejects.toMatchObject({ code: "stream-on-chain" });
    await sign(payer, await refusedWithCalls(closeStreamOperation, payer, stream.id));
    expect(
      await answerOf(getStreamOperation, { token: payer.token, params: { streamId: stream.id } }),
    ).toMatchObject({
      status: "settled",
    });
    expect(await refusedWithCalls(closeStreamOperation, payer, stream.id)).toEqual([]);
    const over = await railFor("streampay").observe(stream.id);
    expect(over).toMatchObject({ status: "settled", fundedUntilMs: null });
    expect(over.paid + over.refunded).toBe(1_500_000n);
  });

  test("a stream that has ended is not topped up, and can still be closed", async () => {
    const [payer, { id }] = [await person(), await provider()];
    const asked = { rail: "streampay", payer: payer.address, durationMs: 60_000 };
    await sign(payer, (await plan(id, asked)).calls);
    const [stream] = await streamsOf(payer);
    if (!stream) throw new Error("It was opened.");
    await chain.increaseTime({ seconds: 61 });
    await chain.mine({ blocks: 1 });
    expect(await refusedWithCalls(topUpStreamOperation, payer, stream.id, { amount: "500000" })).toEqual([]);
    expect(await railFor("streampay").observe(stream.id)).toMatchObject({
      ...{ status: "exhausted", accrued: 695n, funded: 695n, paid: 0n },
    });
    await sign(payer, await refusedWithCalls(closeStreamOperation, payer, stream.id));
    expect(await railFor("streampay").observe(stream.id)).toMatchObject({ status: "settled", paid: 695n });
  });

  test("tier and top-up of a flow: the rate changes, and the balance that feeds it grows", async () => {
    const payer = await person();
    const { id, owner } = await provider();
    await sign(payer, (await plan(id, { payer: payer.address })).calls);
    const [stream] = await streamsOf(payer);
    if (!stream) throw new Error("It was opened.");
    const tier = { tier: "professional" };
    await sign(payer, await refusedWithCalls(changeStreamTierOperation, payer, stream.id, tier));
    expect(await flowRate(payer, owner)).toBe(115_740_740_740_740n);
    expect(await streamsOf(payer)).toMatchObject([{ id: stream.id, tier: "professional" }]);

    const before = await railFor("superfluid").observe(stream.id);
    const more = { amount: "1000000000000000000000" };
    await sign(payer, await refusedWithCalls(topUpStreamOperation, payer, stream.id, more));
    const after = await railFor("superfluid").observe(stream.id);
    expect(before).toMatchObject({ status: "active", rate: { amount: 115_740_740_740_740n } });
    expect(after.funded - before.funded > 999n * 10n ** 18n).toBe(true);
  });

  test("the receiver closes the flow of its only plan, and cannot choose among several", async () => {
    const [payer, owner] = [await person(), await person()];
    const [first, second] = [await provider(owner.address), await provider(owner.address)];
    await sign(payer, (await plan(first.id, { payer: payer.address })).calls);
    const [stream] = await streamsOf(payer);
    await sign(payer, (await plan(second.id, { payer: payer.address })).calls);
    expect(await refusedWithCalls(closeStreamOperation, owner, stream?.id ?? "")).toEqual([]);
    await sign(payer, await refusedWithCalls(closeStreamOperation, payer, stream?.id ?? ""));
    const rest = (await streamsOf(payer)).find(({ provider: { id } }) => id === second.id);
    await sign(owner, await refusedWithCalls(closeStreamOperation, owner, rest?.id ?? ""));
    expect(await flowRate(payer, owner.address)).toBe(0n);
  });

  test("many streams close in one transaction for each rail; somebody else's are not found", async () => {
    const [payer, stranger] = [await person(), await person()];
    const offers = [await provider(), await provider(), await provider(), await provider()];
    for (const [n, { id }] of offers.entries()) {
      const rail = n < 2 ? "streampay" : "superfluid";
      await sign(payer, (await plan(id, { rail, payer: payer.address })).calls);
    }
    const streamIds = (await streamsOf(payer)).map(({ id }) => id);
    expect(streamIds).toHaveLength(4);
    const foreign = await callOperation(planCloseOperation, { token: stranger.token, json: { streamIds } });
    expect(foreign.status).toBe(404);
    const { calls } = await answerOf<{ calls: Call[] }>(planCloseOperation, {
      token: payer.token,
      json: { streamIds },
    });
    expect(calls.map(({ says }) => says)).toEqual([
      "Close 2 streams of StreamPay at once: what is earned goes to the receivers, the rest to the senders.",
      "Close 2 plans with 2 receivers at once: their buffers come back.",
    ]);
    await sign(payer, calls);
    expect((await streamsOf(payer)).map(({ status }) => status)).toEqual([
      "settled",
      "settled",
      "settled",
      "settled",
    ]);
    for (const { id } of offers) expect(await outcome(payer, id)).toBe("stream/terminated");
  });
});
