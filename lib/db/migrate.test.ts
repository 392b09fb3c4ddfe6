import { describe, expect, test } from "vitest";
import { planMigrations } from "./migrate.mjs";

const present = [
  { name: "1_first", sql: "", checksum: "aa" },
  { name: "2_second", sql: "", checksum: "bb" },
];
const done = (migration_name: string, checksum: string) => ({
  migration_name,
  checksum,
  finished_at: new Date(0),
});

describe("planMigrations", () => {
  test("given an empty database, all are due in order", () => {
    expect(planMigrations(present, []).map(({ name }) => name)).toEqual(["1_first", "2_second"]);
  });

  test("given some applied, the others are due", () => {
    expect(planMigrations(present, [done("1_first", "aa")]).map(({ name }) => name)).toEqual(["2_second"]);
  });

  test("given one that was edited after it was applied, it refuses and names it", () => {
    expect(() => planMigrations(present, [done("1_first", "other")])).toThrow(/1_first was edited/);
  });

  test("given one that failed before, it refuses and names it", () => {
    const failed = { ...done("1_first", "aa"), finished_at: null };
    expect(() => planMigrations(present, [failed])).toThrow(/1_first failed before/);
  });

  test("given a database of a newer version, it refuses and names what it lacks", () => {
    expect(() => planMigrations(present, [done("9_future", "ff")])).toThrow(/9_future/);
  });
});
