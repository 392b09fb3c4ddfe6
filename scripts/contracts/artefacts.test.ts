import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fingerprint, kebab, listContracts, renderArtefacts } from "./artefacts.mjs";
import { renderLayout } from "./layout.mjs";
import { countTests } from "./test.mjs";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

describe("contracts-abi", () => {
  const contracts = listContracts();

  test("it has the contracts that the app calls", () => {
    expect(contracts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["StreamPay", "ComputeRegistry", "SessionOperator", "TestUSDC"]),
    );
  });

  // The bytes themselves are compared by `npm run contracts:test`, which compiles.
  test.each(contracts)("given $name as it is, its artefacts come from these sources", ({ name, source }) => {
    for (const file of [`${kebab(name)}.ts`, `${kebab(name)}-bytecode.ts`]) {
      const [origin, sources] = read(`contracts-abi/${file}`).split("\n");
      expect(origin).toBe(`// From contracts/${source}, by npm run contracts:build.`);
      expect(sources, `${file} is stale: npm run contracts:build`).toBe(
        `// Sources: sha256 ${fingerprint(source)}`,
      );
    }
  });

  test("the ABI is a file without the bytecode, for browsers", () => {
    expect(read("contracts-abi/stream-pay.ts")).not.toContain("0x");
    expect(read("contracts-abi/stream-pay.ts")).toContain("export const streamPayAbi = [");
  });
});

describe("renderArtefacts", () => {
  const contract = { name: "TestUSDC", source: "src/dev/TestUSDC.sol" };

  test("it names what it exports after the contract", () => {
    const files = renderArtefacts(contract, { abi: [{ type: "receive" }], bytecode: { object: "0x60ff" } });
    expect(files["test-usdc.ts"]).toMatch(
      /^export const testUsdcAbi = \[\n {2}\{"type":"receive"\},\n\] as const;$/m,
    );
    expect(files["test-usdc-bytecode.ts"]).toMatch(
      /^export const testUsdcBytecode =\n {2}"0x60ff" as const;$/m,
    );
  });

  test("it gives nothing for what cannot be deployed", () => {
    expect(renderArtefacts(contract, { abi: [], bytecode: { object: "0x" } })).toEqual({});
  });

  test("it refuses bytecode that still has to be linked", () => {
    const unlinked = { abi: [], bytecode: { object: "0x60__$abc$__" } };
    expect(() => renderArtefacts(contract, unlinked)).toThrow("no complete bytecode");
  });
});

test("renderLayout gives one line a variable, and the structs that they use", () => {
  const layout = {
    storage: [
      { label: "count", slot: "0", offset: 0, type: "t_uint40" },
      { label: "streams", slot: "1", offset: 0, type: "t_mapping" },
    ],
    types: {
      t_uint40: { label: "uint40", numberOfBytes: "5" },
      t_mapping: { label: "mapping(uint40 => struct S)", numberOfBytes: "32", value: "t_struct" },
      t_struct: {
        label: "struct S",
        numberOfBytes: "32",
        members: [{ label: "end", slot: "0", offset: 20, type: "t_uint40" }],
      },
    },
  };
  expect(renderLayout("Demo", layout)).toBe(
    `Demo: slot, first byte, bytes, type, name
  0   0    5  uint40 count
  1   0   32  mapping(uint40 => struct S) streams

struct S
  0  20    5  uint40 end
`,
  );
});

test("countTests reads forge's summary, and refuses a run that tested nothing", () => {
  const summary =
    "Ran 3 test suites in 9.99ms (13.38ms CPU time): 51 tests passed, 1 failed, 0 skipped (52 total tests)";
  expect(countTests(`…\n${summary}\n`)).toEqual({ passed: 51, failed: 1, skipped: 0 });
  expect(() => countTests("No tests to run")).toThrow("forge has run no test");
});

/** StreamPay.tree names each branch once; the test of a branch is named after it, as bulloak does. */
describe("StreamPay.tree", () => {
  const folder = new URL("../../contracts/test/", import.meta.url);
  const sources = readdirSync(folder)
    .filter((file) => file.startsWith("StreamPay.") && file.endsWith(".t.sol"))
    .map((file) => readFileSync(new URL(file, folder), "utf8"));
  const trees = read("contracts/test/StreamPay.tree").trim().split("\n\n");

  test.each(trees.map((tree) => ({ root: tree.split("\n")[0] ?? "", tree })))(
    "$root has a test for each branch and no other",
    ({ root, tree }) => {
      const branches = tree.split(/^[├└]── /m).slice(1);
      const wanted = branches.map((branch) => {
        const [condition = "", ...outcomes] = branch.split("\n");
        const [word = "", ...rest] = condition.split(" ").map((part) => part.replace(/\W/g, ""));
        const name = [word, ...rest].map((part) => part.charAt(0).toUpperCase() + part.slice(1));
        const reverts = outcomes.some((line) => line.endsWith("it should revert"));
        return reverts ? `test_Revert${name[0]}_${name.slice(1).join("")}` : `test_${name.join("")}`;
      });
      const source = sources.find((text) => text.includes(`contract ${root} is`)) ?? "";
      const found = [...source.matchAll(/function (test\w+)\(/g)].map(([, name]) => name);
      expect(found.toSorted()).toEqual(wanted.toSorted());
      expect(wanted.length).toBeGreaterThan(0);
    },
  );
});
