import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gatewayMemory } from "./memory-flags.mjs";

test("npm run gateway runs with the bounds that the benchmark measures", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  expect(scripts.gateway).toBe(
    `node ${gatewayMemory.join(" ")} --import ./scripts/register-ts.mjs scripts/serve.ts --gateway`,
  );
});
