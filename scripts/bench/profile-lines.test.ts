import { expect, test } from "vitest";
import { profileLines } from "./profile-lines";

const frame = (functionName: string, url = "", lineNumber = 0) => ({ functionName, url, lineNumber });

test("own time is added up by function, as a share of the time that was not idle", () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame("(idle)") },
      { id: 2, callFrame: frame("sign", "file:///site/lib/mpp/receipt.ts?v=1", 41) },
      { id: 3, callFrame: frame("sign", "file:///site/lib/mpp/receipt.ts?v=1", 41) },
      { id: 4, callFrame: frame("", "node:net", 9) },
      { id: 5, callFrame: frame("(garbage collector)") },
    ],
    samples: [1, 2, 3, 4, 5],
    timeDeltas: [1_000, 400, 200, 300, 100],
  };
  expect(profileLines(profile, 2)).toEqual([
    " 60.0 %  sign receipt.ts:42",
    " 30.0 %  (anonymous) node:net:10",
  ]);
});
