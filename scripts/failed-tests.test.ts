import { resolve } from "node:path";
import { expect, test } from "vitest";
import { failedTests } from "./failed-tests.mjs";

test("of vitest's report, tests that failed are told with the first line of why, and files that did not load", () => {
  const testResults = [
    {
      name: resolve("lib/ledger/settle.int.test.ts"),
      status: "failed",
      message: "",
      assertionResults: [
        { ancestorTitles: ["settling"], title: "pays once", status: "passed", failureMessages: [] },
        {
          ancestorTitles: ["settling"],
          title: "refunds the rest",
          status: "failed",
          failureMessages: [
            "\u001b[31mAssertionError: expected 1 to be 2\u001b[39m\n    at settle.int.test.ts:3:1",
          ],
        },
      ],
    },
    {
      name: resolve("lib/broken.test.ts"),
      status: "failed",
      message: "Cannot find module './gone'\nRequire stack",
      assertionResults: [],
    },
  ];
  expect(failedTests({ testResults })).toEqual([
    "lib/ledger/settle.int.test.ts › settling › refunds the rest: AssertionError: expected 1 to be 2",
    "lib/broken.test.ts: Cannot find module './gone'",
  ]);
});

test("of Playwright's report, tests that failed are told from within their groups, and flaky ones are not", () => {
  const spec = (title: string, ok: boolean, ...messages: string[]) => ({
    ...{ title, ok },
    tests: [{ results: messages.map((message) => ({ error: message ? { message } : undefined })) }],
  });
  const suites = [
    {
      title: "stream.spec.ts",
      specs: [spec("opens", true, "")],
      suites: [
        {
          title: "dark",
          specs: [
            spec("closes", false, "first", "Error: Timed out\nwaiting"),
            spec("tops up", true, "flaky", ""),
          ],
        },
      ],
    },
  ];
  expect(failedTests({ suites })).toEqual(["stream.spec.ts › dark › closes: Error: Timed out"]);
});
