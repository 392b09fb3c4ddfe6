import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findAnvil } from "./find-anvil";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "superstream-path-"));
  writeFileSync(join(folder, "anvil"), "#!/bin/sh\n");
  chmodSync(join(folder, "anvil"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No package is made for it. */
const elsewhere = <T>(work: () => T): T => {
  const spy = vi.spyOn(process, "arch", "get").mockReturnValue("riscv64");
  try {
    return work();
  } finally {
    spy.mockRestore();
  }
};

describe("findAnvil", () => {
  test("given a platform without a package, it takes the one on the PATH", () => {
    const path = ["/nowhere", folder].join(delimiter);
    expect(elsewhere(() => findAnvil(path))).toBe(join(folder, "anvil"));
  });

  test("given neither, there is none", () => {
    expect(elsewhere(() => findAnvil("/nowhere"))).toBeNull();
  });

  test("a file that is no program is not taken", () => {
    chmodSync(join(folder, "anvil"), 0o644);
    expect(elsewhere(() => findAnvil(folder))).toBeNull();
  });
});
