import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/**
 * What a report says of tests that failed, a line each, so that it can stand at the end of a run, where one looks first.
 * @param {any} report as vitest's or Playwright's JSON reporter writes it @returns {string[]} "file › test: first line of the message"
 */
export function failedTests(report) {
  if (report.suites) return report.suites.flatMap((/** @type {any} */ suite) => ofSuite(suite, []));
  return (report.testResults ?? []).flatMap(ofFile);
}

/** A file that does not load has no test, only a message. @param {any} file of vitest */
function ofFile({ name, status, message, assertionResults }) {
  const path = relative(process.cwd(), name);
  const failed = assertionResults.filter((/** @type {any} */ test) => test.status === "failed");
  if (failed.length === 0) return status === "failed" ? [line([path], message)] : [];
  return failed.map((/** @type {any} */ test) =>
    line([path, ...test.ancestorTitles, test.title], test.failureMessages[0]),
  );
}

/** @param {any} suite of Playwright: a file, or a `describe` in it @param {string[]} above titles @returns {string[]} */
function ofSuite(suite, above) {
  const titles = [...above, suite.title];
  const own = (suite.specs ?? [])
    .filter((/** @type {any} */ spec) => !spec.ok)
    .map((/** @type {any} */ spec) => {
      const results = spec.tests.flatMap((/** @type {any} */ test) => test.results);
      return line([...titles, spec.title], results.at(-1)?.error?.message);
    });
  return [...own, ...(suite.suites ?? []).flatMap((/** @type {any} */ one) => ofSuite(one, titles))];
}

/** @param {string[]} titles @param {string} [message] */
function line(titles, message = "") {
  const [first = ""] = stripVTControlCharacters(message).split("\n");
  return first ? `${titles.join(" › ")}: ${first}` : titles.join(" › ");
}
