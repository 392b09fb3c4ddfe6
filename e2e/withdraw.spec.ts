import { createPublicClient, erc20Abi, http } from "viem";
import { foundry } from "viem/chains";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { exactPayment } from "@/lib/mpp/testing/exact-payment";
import { connectFundedWallet } from "./connect-wallet";
import { devnetUrl } from "./devnet-url";
import { expect, test } from "./fixtures";

test("what a payment bought is withdrawn to the wallet's own address, and play money is not", async ({
  page,
}) => {
  const account = await connectFundedWallet(page, "/streams", { name: "Test Wallet", chainId: 31_337 });
  const chain = createPublicClient({ chain: foundry, transport: http(devnetUrl()) });
  const usdc = () =>
    chain.readContract({
      ...{ address: DEVNET.usdc, abi: erc20Abi, functionName: "balanceOf", args: [account.address] },
    });

  // One payment of x402 opens a stream; closing it at once leaves nearly all of the credit in the wallet.
  const call = { data: {}, failOnStatusCode: false };
  const asked = await page.request.post("/api/p/rheumascore/compute/basdai", call);
  expect(asked.status()).toBe(402);
  const required = Buffer.from(asked.headers()["payment-required"] ?? "", "base64").toString();
  const [offer] = JSON.parse(required).accepts;
  const headers = { "PAYMENT-SIGNATURE": await exactPayment(account, offer) };
  await page.request.post("/api/p/rheumascore/compute/basdai", { ...call, headers });
  const before = await usdc();
  expect(before).toBe(10_000_000_000n - BigInt(offer.amount));
  const { items } = await (await page.request.get("/api/v1/streams")).json();
  const own = () => ({ Origin: new URL(page.url()).origin, "Idempotency-Key": crypto.randomUUID() });
  const closed = await page.request.post(`/api/v1/streams/${items[0].id}/close`, { headers: own() });
  expect(closed.status()).toBe(200);

  await page.goto("/wallet");
  const panel = page.getByRole("region", { name: "Take out to the chain" });
  await expect(panel).toContainText("Only credit that payments on the chain have bought can go back there");
  await panel.getByRole("button", { name: "Withdraw USDC" }).click();
  const dialog = page.getByRole("dialog", { name: "Withdraw USDC" });
  await dialog.getByLabel("Amount (USDC)").fill("100");
  await expect(dialog.getByText("That is more than can be withdrawn now.")).toBeVisible();
  await dialog.getByLabel("Amount (USDC)").fill("0.12");
  await expect(dialog.getByTestId("consequence")).toContainText("0.12 USDC are sent to your address");
  await dialog.getByRole("button", { name: "Withdraw", exact: true }).click();
  await expect(dialog.getByText("This page shows how far they have come.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(panel.getByRole("list", { name: "Withdrawals" })).toContainText("Arrived");
  expect((await usdc()) - before).toBe(120_000n);
  await expect(page.getByRole("table").getByText("Withdrawn to the chain")).toBeVisible();

  const listed = await (await page.request.get("/api/v1/wallet/withdrawals")).json();
  expect(listed.items).toMatchObject([{ amount: "120000", debited: "120000000000000000", left: "0" }]);
  const refused = await page.request.post("/api/v1/wallet/withdraw", {
    ...{ data: { amount: "50000000000000000000" }, headers: own() },
  });
  expect(await refused.json()).toMatchObject({ status: 409, code: "wallet/not-backed" });
});
