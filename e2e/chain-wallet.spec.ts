import { createWalletClient, http } from "viem";
import { foundry } from "viem/chains";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { connectFundedWallet } from "./connect-wallet";
import { devnetUrl } from "./devnet-url";
import { expect, test } from "./fixtures";

const AGENT = "0x00000000000000000000000000000000000000A1";

test("a wallet wraps and unwraps, and takes back what an agent may do", async ({ page }) => {
  const account = await connectFundedWallet(page, "/streams", { name: "Test Wallet", chainId: 31_337 });
  await page.goto("/wallet");
  const holdings = page.getByRole("region", { name: "On Superstream devnet" });
  await expect(holdings).toContainText("10000.000000");

  await holdings.getByRole("button", { name: "Wrap USDC", exact: true }).click();
  const wrapping = page.getByRole("dialog", { name: "Wrap USDC" });
  await wrapping.getByLabel("Amount (USDC)").fill("25.5");
  await expect(wrapping.getByTestId("consequence")).toContainText("25.5 USDC becomes 25.5 USDCx");
  await wrapping.getByRole("button", { name: "Wrap" }).click();
  await expect(wrapping.getByText("The chain has it.")).toBeVisible();
  await wrapping.getByRole("button", { name: "Close" }).last().click();
  await expect(holdings.getByLabel("USDCx balance")).toHaveText("10025.500000000");
  await expect(holdings).toContainText("9974.500000");

  await holdings.getByRole("button", { name: "Unwrap USDCx" }).click();
  const unwrapping = page.getByRole("dialog", { name: "Unwrap USDCx" });
  await unwrapping.getByLabel("Amount (USDCx)").fill("10025.6");
  await expect(unwrapping.getByText("That is more than your wallet holds.")).toBeVisible();
  await unwrapping.getByLabel("Amount (USDCx)").fill("0.5");
  await unwrapping.getByRole("button", { name: "Unwrap" }).click();
  await expect(unwrapping.getByText("The chain has it.")).toBeVisible();
  await unwrapping.getByRole("button", { name: "Close" }).last().click();
  await expect(holdings.getByLabel("USDCx balance")).toHaveText("10025.000000000");

  // Granted elsewhere, by the same key.
  await createWalletClient({ account, chain: foundry, transport: http(devnetUrl()) }).writeContract({
    address: DEVNET.cfaV1Forwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "grantPermissions",
    args: [DEVNET.usdcx, AGENT],
  });
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("May open, change and close your streams, without a budget")).toBeVisible({
      timeout: 1_000,
    });
  }).toPass();
  await page.getByRole("button", { name: `Revoke ${AGENT}` }).click();
  const revoking = page.getByRole("dialog", { name: "Revoke a permission" });
  await revoking.getByRole("button", { name: "Revoke" }).click();
  await expect(revoking.getByText("The chain has it.")).toBeVisible();
  await revoking.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText("Nobody but your wallet may open, change or close")).toBeVisible();
});
