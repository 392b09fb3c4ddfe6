import { expect, test } from "vitest";
import { duplicatesOf } from "./cleanup-providers";
import type { ListedProvider } from "./list-providers";

const listed = (id: string, model: string | null, change: Partial<ListedProvider> = {}): ListedProvider => ({
  ...{ id, name: id, owner: "0x1", endpoint: "https://a.example", model, capabilities: [] },
  ...{ tiers: [{ ratePerDay: "1" }], activeStreams: 0, totalRequestsServed: 0 },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", health: { state: "up" } },
  ...change,
});
const ids = (mine: ListedProvider[]) => duplicatesOf(mine).map(({ id }) => id);

test("of each model the one with open streams stays, then the one that has served most, then the oldest", () => {
  expect(ids([listed("idle", "m"), listed("busy", "m", { activeStreams: 1 })])).toEqual(["idle"]);
  expect(ids([listed("new", "m"), listed("proven", "m", { totalRequestsServed: 9 })])).toEqual(["new"]);
  const older = { createdAt: "2025-01-01T00:00:00.000Z" };
  expect(ids([listed("young", "m"), listed("old", "m", older), listed("third", "m")])).toEqual([
    "young",
    "third",
  ]);
});

test("other models, and providers without one, are no duplicates", () => {
  expect(ids([listed("a", "m"), listed("b", "n"), listed("c", null), listed("d", null)])).toEqual([]);
});
