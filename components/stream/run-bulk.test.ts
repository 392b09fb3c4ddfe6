import { expect, test } from "vitest";
import { type BulkState, runBulk } from "./run-bulk";

const ids = ["a", "b", "c", "d", "e", "f"];

test("at most four are under way at once, and each is done once", async () => {
  let under = 0;
  let most = 0;
  const ran: string[] = [];
  await runBulk(
    ids,
    async (id) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 5));
      ran.push(id);
      under -= 1;
    },
    () => {},
  );
  expect(most).toBe(4);
  expect(ran.sort()).toEqual(ids);
});

test("given one that fails, the others are done and it says why", async () => {
  const ended = new Map<string, BulkState<string>>();
  await runBulk(
    ids,
    async (id) => {
      if (id === "b") throw new Error("The stream is over.");
      return `${id} closed`;
    },
    (id, state) => ended.set(id, state),
  );
  expect(ended.get("b")).toEqual({ phase: "failed", reason: "The stream is over." });
  expect([...ended.values()].filter(({ phase }) => phase === "done")).toHaveLength(5);
  expect(ended.get("f")).toEqual({ phase: "done", value: "f closed" });
});

test("each is told to be waiting, sent, then done", async () => {
  const phases: string[] = [];
  await runBulk(
    ["a"],
    async () => 1,
    (_, { phase }) => phases.push(phase),
  );
  expect(phases).toEqual(["waiting", "sent", "done"]);
});
