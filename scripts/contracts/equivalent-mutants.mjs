/**
 * Mistakes that change nothing anybody could notice, each with its reason. `before` and `text` are as the program tells them.
 * @type {{ file: string, before: string, text: string, why: string }[]}
 */
export const EQUIVALENT = [];
