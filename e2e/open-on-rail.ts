import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures";

type RailName = "Superfluid" | "StreamPay";

/** Opens the dialog on a provider's page and chooses a rail of the chain. */
export async function chooseRail(page: Page, name: RailName): Promise<Locator> {
  await page.getByRole("button", { name: "Open a stream, basic tier" }).click();
  const opening = page.getByRole("dialog", { name: "Open a stream" });
  const label = `${name} (${name === "Superfluid" ? "USDCx" : "USDC"}, on Superstream devnet)`;
  await opening.getByLabel("Where the money sits").selectOption({ label });
  return opening;
}

/** Opens a stream of the basic tier from a provider's page and leaves the dialog as it is then. */
export async function openOnRail(page: Page, name: RailName): Promise<Locator> {
  const opening = await chooseRail(page, name);
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The stream is active")).toBeVisible();
  return opening;
}
