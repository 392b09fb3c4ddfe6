/** What becomes of a single payment when it takes long, its caller leaves, or somebody else is first: on a real chain with real USDC. */
import { decodePaymentResponseHeader } from "@x402/fetch";
import { type Hex, isAddressEqual } from "viem";
import { foundry } from "viem/chains";
import { expect, test, vi } from "vitest";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { splitSignature } from "./charge-authorization";

const site = await vi.hoisted(async () => (await import("./testing/charge-site")).startChargeSite());

import { PRICE } from "./testing/charge-site";

const { devnet } = site;

/** A door whose outbox does nothing, so that a payment is written down and stays there. */
const idleDoor = () => site.doorWith({ pass: async () => {}, patience: { patienceMs: 0, pollMs: 1 } });

test("while no block takes it the caller is told to wait and not to pay, and the same again is served", async () => {
  const { passOutbox } = await import("@/lib/outbox/run-outbox");
  const hasty = await site.doorWith({ pass: passOutbox, patience: { patienceMs: 300, pollMs: 20 } });
  const payer = await site.newPayer();
  const payment = await site.sign(payer);
  await devnet.chain.setAutomine(false);
  let waiting: Response;
  try {
    waiting = await hasty(site.paidRequest(payment));
  } finally {
    await devnet.chain.setAutomine(true);
  }
  expect(waiting.status).toBe(402);
  expect(await waiting.json()).toMatchObject({ code: "stream/pending" });
  expect(waiting.headers.get("retry-after")).toBe("1");
  expect(waiting.headers.get("www-authenticate")).toBeNull();
  expect(waiting.headers.get("payment-required")).toBeNull();
  expect(await site.streamsOf(payer)).toEqual([]);

  await devnet.chain.mine({ blocks: 1 });
  const served = await hasty(site.paidRequest(payment));
  expect(served.status).toBe(200);
  expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
});

test("given its caller leaves, or the server dies, what was settled is credited all the same, once", async () => {
  const { creditChargesOnce } = await import("./credit-charges");
  const { passOutbox } = await import("@/lib/outbox/run-outbox");
  const payer = await site.newPayer();
  const door = await idleDoor();
  const payment = await site.sign(payer);
  expect((await door(site.paidRequest(payment))).status).toBe(402);
  expect(await site.walletOf(payer)).toBeUndefined();
  await vi.waitFor(
    async () => {
      await passOutbox();
      const like = `%:${payer.address.toLowerCase()}:%`;
      const { rows } = await (await site.db()).query(
        "select state from chain_intent where intent_key like $1",
        [like],
      );
      expect(rows).toEqual([{ state: "confirmed" }]);
    },
    { timeout: 10_000, interval: 20 },
  );
  await Promise.all([creditChargesOnce(), creditChargesOnce()]);
  await creditChargesOnce();
  expect(await site.walletOf(payer)).toBe("166667000000000000");
  expect((await site.pay(payment)).status).toBe(200); // And the call is still to be had.
  expect(await site.walletOf(payer)).toBe("0");
});

test("given somebody else sends the authorisation first, the money is ours and the payer is credited and served", async () => {
  const payer = await site.newPayer();
  const payment = await site.sign(payer);
  const door = await idleDoor();
  expect((await door(site.paidRequest(payment))).status).toBe(402);
  const { authorization: a, signature } = JSON.parse(Buffer.from(payment, "base64").toString()).payload;
  const [stranger] = await devnet.chain.getAddresses();
  if (!stranger) throw new Error("Anvil has no accounts.");
  const { v, r, s } = splitSignature(signature);
  await devnet.chain.writeContract({
    ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, account: stranger, chain: foundry },
    functionName: "transferWithAuthorization",
    args: [a.from, a.to, BigInt(a.value), BigInt(a.validAfter), BigInt(a.validBefore), a.nonce, v, r, s],
  });
  const served = await site.pay(payment);
  expect(served.status).toBe(200);
  const receipt = decodePaymentResponseHeader(served.headers.get("payment-response") ?? "");
  const { from } = await devnet.chain.getTransactionReceipt({ hash: receipt.transaction as Hex });
  expect(isAddressEqual(from, stranger)).toBe(true);
  expect(await site.streamsOf(payer)).toMatchObject([{ funded: "166667000000000000" }]);
  expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
});

test("given the payer spends the money first, nothing is credited, and the reason is told", async () => {
  const payer = await site.newPayer();
  const payment = await site.sign(payer);
  const door = await idleDoor();
  expect((await door(site.paidRequest(payment))).status).toBe(402);
  await devnet.chain.setBalance({ address: payer.address, value: 10n ** 18n });
  await devnet.chain.impersonateAccount({ address: payer.address });
  await devnet.chain.writeContract({
    ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, account: payer.address, chain: foundry },
    ...{ functionName: "transfer", args: [devnet.addresses.faucet, 10_000_000_000n] },
  });
  const refused = await site.pay(payment);
  expect(refused.status).toBe(402);
  expect(await refused.json()).toMatchObject({ code: "verification-failed" });
  expect(await site.walletOf(payer)).toBeUndefined();
});

test("the books balance, and the chain holds at least what was credited", () => site.expectBalancedBooks());
