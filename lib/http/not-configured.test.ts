import { describe, expect, test, vi } from "vitest";
import { GET as manifestRoute } from "@/app/.well-known/superstream-agent.json/route";
import { GET as unknownRoute } from "@/app/api/[[...unknown]]/route";
import { GET as llmsRoute } from "@/app/llms.txt/route";
import { GET as openApiRoute } from "@/app/openapi.json/route";
import { callOperation } from "@/lib/testing/call-operation";
import { operations } from "./operations";
import { getHealthOperation } from "./operations/operator-operations";

vi.mock("@/lib/env", async (load) => ({
  ...(await load<typeof import("@/lib/env")>()),
  databaseConfigured: () => false,
}));

describe("without a database", () => {
  test("given the question whether the process lives, it answers 200: that needs no database", async () => {
    expect((await callOperation(getHealthOperation)).status).toBe(200);
  });

  test.each(
    operations
      .filter((operation) => operation.id !== "getHealth")
      .map((operation) => ({ id: operation.id, operation })),
  )("given $id, it answers 503 and says what to set", async ({ operation }) => {
    const response = await callOperation(operation, { json: operation.method === "GET" ? undefined : {} });
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      code: "not-configured",
      detail: expect.stringContaining("DATABASE_URL"),
      set: ["DATABASE_URL"],
    });
  });

  test.each([
    ["openapi.json", openApiRoute],
    ["llms.txt", llmsRoute],
    ["superstream-agent.json", manifestRoute],
  ])("given /%s, it is there and lists no service", async (path, route) => {
    const response = await route(new Request(`http://localhost:3000/${path}`));
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain("/api/p/rheuma");
  });

  test("given an address of nothing under /api, it answers 404 as problem details", async () => {
    const response = await unknownRoute(new Request("http://localhost:3000/api/nothing"));
    expect([response.status, response.headers.get("Content-Type")]).toEqual([
      404,
      "application/problem+json",
    ]);
  });
});
