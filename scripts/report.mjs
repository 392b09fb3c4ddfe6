// What start and test say on the terminal. Plain lines: they read the same in a log file.
const colours = process.stdout.isTTY && !process.env.NO_COLOR;

/** @param {number} code of SGR @param {string} text */
const paint = (code, text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = (/** @type {string} */ text) => paint(1, text);
export const dim = (/** @type {string} */ text) => paint(2, text);
export const red = (/** @type {string} */ text) => paint(31, text);
export const green = (/** @type {string} */ text) => paint(32, text);

/** A refusal to go on whose message is enough: no stack is shown. */
export class Refusal extends Error {
  name = "Refusal";
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Does one step and says how long it took. A step says nothing when `task` returns "skipped".
 * @template T @param {string} title @param {() => T | Promise<T>} task @returns {Promise<T>}
 */
export async function step(title, task) {
  const started = performance.now();
  const announced = setTimeout(() => console.log(dim(`  ${title} …`)), 1_500);
  try {
    const result = await task();
    if (result !== "skipped")
      console.log(`${green("✓")} ${title} ${dim(seconds(performance.now() - started))}`);
    return result;
  } catch (error) {
    console.log(`${red("✗")} ${title} ${dim(seconds(performance.now() - started))}`);
    throw error;
  } finally {
    clearTimeout(announced);
  }
}

/** Ends the program for a failure: one line for what we foresaw, the whole error for what we did not. @param {unknown} error */
export function describeFailure(error) {
  const foreseen = ["Refusal", "EnvError", "DataDirHeld", "NoPostgresHere", "MigrationError"];
  if (error instanceof Error && foreseen.includes(error.name)) return red(error.message);
  return error instanceof Error ? red(error.stack ?? error.message) : red(String(error));
}
