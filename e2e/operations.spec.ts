import { expect, test } from "./fixtures";

test.describe("/status", () => {
  test("given a market that works, anybody sees that the books hold, by name of each check", async ({
    page,
  }) => {
    await page.goto("/status");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Status");
    const books = page.getByRole("region", { name: /^The books: 22 of 22 checks hold/ });
    await expect(books.getByRole("listitem")).toHaveCount(22);
    await expect(books).toContainText("No account is in debt.");
    await expect(page.getByRole("region", { name: "In short" })).toContainText("Everything works");
    await expect(page.getByRole("region", { name: "What runs here" })).toContainText("20261123");
    await expect(page.getByRole("img", { name: /^Calls a second over the last ten minutes/ })).toBeVisible();
    await expect(page.locator("main")).not.toContainText(/0x[0-9a-f]{6}|str_/i);
  });
});

test.describe("headers of the site", () => {
  test("given two visits of a page, each has a policy with a nonce of its own, and the scripts carry it", async ({
    request,
  }) => {
    const visit = async () => {
      const response = await request.get("/status");
      const policy = response.headers()["content-security-policy"] ?? "";
      expect(policy).toContain("'strict-dynamic'");
      expect(policy).toContain("frame-ancestors 'none'");
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
      const scripts = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
      expect(scripts.length).toBeGreaterThan(3);
      expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
      return nonce;
    };
    const [first, second] = [await visit(), await visit()];
    expect(first).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(second).not.toBe(first);
  });

  for (const path of [
    "/api/health",
    "/api/ready",
    "/api/v1/providers",
    "/api/nothing",
    "/metrics",
    "/openapi.json",
  ])
    test(`given data at ${path}, it may do nothing when it is opened as a document`, async ({ request }) => {
      const headers = (await request.get(path)).headers();
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
    });

  test("given the paid door and a file, both say what they are", async ({ request }) => {
    const door = (await request.post("/api/p/dnai/nothing")).headers();
    expect(door["content-security-policy"]).toBe("sandbox; default-src 'none'");
    expect(door["x-content-type-options"]).toBe("nosniff");
    expect((await request.get("/icon.svg")).headers()["x-content-type-options"]).toBe("nosniff");
  });
});
