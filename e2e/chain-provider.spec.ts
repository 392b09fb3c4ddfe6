import { erc20Abi, parseUnits } from "viem";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { providerTag } from "@/lib/mpp/provider-tag";
import { createCalls } from "@/lib/rails/streampay/streampay-calls";
import { providerListing } from "../lib/testing/provider-listing";
import { chainClient } from "./chain-client";
import { connectFundedWallet } from "./connect-wallet";
import { expect, test } from "./fixtures";
import { newAgent } from "./new-agent";

test("a provider takes out of a StreamPay stream what it has earned: its wallet gets what the page says, and the stream goes on", async ({
  page,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const origin = String(baseURL);
  const owner = await connectFundedWallet(page, "/streams", { name: "Test Wallet", chainId: 31_337 });
  const providerId = `earns-${crypto.randomUUID().slice(0, 8)}`;
  const registered = await page.request.post("/api/v1/providers", {
    // A kind that no page is asked for by the tests of the market.
    data: providerListing(providerId, { category: "development_tools" }),
    headers: { Origin: origin, "Idempotency-Key": crypto.randomUUID() },
  });
  expect(registered.status()).toBe(200);

  // Somebody buys an hour at 100 USDC a day: 1157.4 base units a second.
  const { account: sender } = await newAgent(origin);
  const chain = chainClient(sender);
  const token = { address: DEVNET.usdc, symbol: "USDC", decimals: 6 };
  const terms = { recipient: owner.address, amount: 4_166_667n, durationSeconds: 3_600n };
  const calls = createCalls(
    { streamPay: DEVNET.streamPay, token },
    { ...terms, tag: providerTag(providerId) },
    { allowance: 0n },
  );
  for (const { to, data } of calls) {
    const hash = await chain.sendTransaction({ to, data });
    expect((await chain.waitForTransactionReceipt({ hash })).status).toBe("success");
  }
  const balance = () =>
    chain.readContract({
      address: DEVNET.usdc,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [owner.address],
    });
  expect(await balance()).toBe(parseUnits("10000", 6));

  const mine = page.getByRole("list", { name: "Your streams" }).getByRole("link", { name: /^From/ });
  await expect(async () => {
    await page.goto("/streams");
    await expect(mine).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await mine.click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
  const paid = page.getByRole("region", { name: "Where the money is" }).locator("dl > div").first();
  await expect(paid).toHaveText("Paid to the provider0.000000");

  for (const _ of [1, 2]) {
    const before = await balance();
    await page.getByRole("button", { name: "Collect" }).click();
    const collecting = page.getByRole("dialog", { name: "Collect" });
    await expect(collecting.getByTestId("consequence")).toContainText(
      "about, for the chain pays whole seconds",
    );
    await collecting.getByRole("button", { name: "Collect" }).click();
    await expect(collecting.getByText("The chain has it.")).toBeVisible();
    await collecting.getByRole("button", { name: "Close" }).last().click();
    const got = (await balance()) - parseUnits("10000", 6);
    expect(got).toBeGreaterThan(before - parseUnits("10000", 6));
    // Whole seconds of an exact rate, rounded down: the contract keeps what is left for the end.
    const seconds = (got * 3_600n + 4_166_666n) / 4_166_667n;
    expect(got).toBe((seconds * 4_166_667n) / 3_600n);
    await expect(paid).toHaveText(`Paid to the provider0.${String(got).padStart(6, "0")}`);
  }
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("ollected");
});
