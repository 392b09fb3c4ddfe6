import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../set-up.mjs";
import { superfluidArtefacts } from "./superfluid-artefacts";
import { renderSuperfluidAbi, renderSuperfluidErrors } from "./write-superfluid-abi";

test("what is committed of Superfluid's interfaces is what the pinned package says", async () => {
  const artefacts = await superfluidArtefacts();
  expect(committed("superfluid.ts")).toBe(renderSuperfluidAbi(artefacts));
  expect(committed("superfluid-errors.ts")).toBe(renderSuperfluidErrors(artefacts));
});

test("given a package without a member that is used, it says which instead of leaving it out", async () => {
  const { contracts, erc1820 } = await superfluidArtefacts();
  const without = { ...contracts, ISuperToken: { ...artefact(contracts.ISuperToken), abi: [] } };
  expect(() => renderSuperfluidAbi({ contracts: without, erc1820 })).toThrow("ISuperToken has no upgrade.");
});

function committed(name: string): string {
  return readFileSync(join(ROOT, "contracts-abi", name), "utf8");
}

function artefact<T>(found: T | undefined): T {
  if (!found) throw new Error("The package lacks it.");
  return found;
}
