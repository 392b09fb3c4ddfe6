import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openBook } from "./open-book";

const SITE = "http://site.test";
const PAYER = `0x${"aa".repeat(20)}`;
const entry = {
  ...{ site: SITE, payer: PAYER, rail: "ledger" as const, providerId: "oracle", sinceMs: 1_000 },
  service: { method: "POST", path: "/api/p/oracle/inference" },
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "superstream-book-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The number of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;
const write = (name: string, of: object) =>
  writeFileSync(join(folder, name), JSON.stringify({ ...entry, ...of }));

test("what a run enters is gone when it strikes it out, and is no leftover while it lives", () => {
  const book = openBook(folder);
  const strike = book.enter(entry);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(statSync(join(folder, String(readdirSync(folder)[0]))).mode & 0o777).toBe(0o600);
  expect(book.leftovers(SITE, PAYER)).toEqual([]);
  strike();
  expect(readdirSync(folder)).toEqual([]);
});

test("what a dead run has left is found by its payer at its site alone, and stays until it is struck out", () => {
  const pid = deadPid();
  write("a.json", { pid });
  write("b.json", { pid, site: "http://other.test" });
  write("c.json", { pid, payer: `0x${"bb".repeat(20)}` });
  const book = openBook(folder);
  expect(
    book
      .leftovers(SITE, PAYER.toUpperCase().replace("0X", "0x"))
      .map(({ entry: { providerId } }) => providerId),
  ).toEqual(["oracle"]);
  for (const { strike } of book.leftovers(SITE, PAYER)) strike();
  expect(book.leftovers(SITE, PAYER)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(["b.json", "c.json"]);
});

test("a living run with the same key is told, our own and dead ones are not", () => {
  const book = openBook(folder);
  book.enter(entry);
  write("dead.json", { pid: deadPid() });
  expect(book.otherRun(SITE, PAYER)).toBeNull();
  write("alive.json", { pid: process.ppid });
  expect(book.otherRun(SITE, PAYER)).toBe(process.ppid);
});

test("a file that is no entry is passed over", () => {
  writeFileSync(join(folder, "half.json"), '{"pid": 1');
  write("wrong.json", { pid: "x" });
  expect(openBook(folder).leftovers(SITE, PAYER)).toEqual([]);
});
