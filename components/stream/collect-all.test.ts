import { expect, test } from "vitest";
import { type Collected, collectAll, nothingCollected } from "./collect-all";

const pages = [
  { streams: 2, collected: 14n, after: "str_b" },
  { streams: 1, collected: 5n, after: "str_d" },
  { streams: 0, collected: 0n, after: null },
];

test("it goes on from where each page stopped until one says that was all, and adds up what they came to", async () => {
  const asked: (string | null)[] = [];
  const said: string[] = [];
  const all = await collectAll(
    async (after) => {
      asked.push(after);
      return pages[asked.length - 1] ?? expect.unreachable();
    },
    nothingCollected,
    ({ streams, collected }) => said.push(`${streams}: ${collected}`),
  );
  expect(asked).toEqual([null, "str_b", "str_d"]);
  expect(said).toEqual(["2: 14", "3: 19", "3: 19"]);
  expect(all).toEqual({ streams: 3, collected: 19n, after: null, partly: false });
});

test("given a page without an answer, the next try goes on there, keeps the sum, and says that it may be more", async () => {
  let soFar: Collected = nothingCollected;
  const asked: (string | null)[] = [];
  const collect = () =>
    collectAll(
      async (after) => {
        asked.push(after);
        if (asked.length === 2) throw new Error("No answer came back.");
        return (after === null ? pages[0] : pages[2]) ?? expect.unreachable();
      },
      soFar,
      (next) => {
        soFar = next;
      },
    );

  await expect(collect()).rejects.toThrow("No answer came back.");
  expect(soFar).toEqual({ streams: 2, collected: 14n, after: "str_b", partly: true });
  expect(await collect()).toEqual({ streams: 2, collected: 14n, after: null, partly: true });
  expect(asked).toEqual([null, "str_b", "str_b"]);
});
