/** Weak, so that nothing is kept for it; beside the response, so that nothing of it is on the wire twice. */
const codes = new WeakMap<object, string>();

/** Notes which problem an answer is, for those who count answers. */
export function noteProblemCode(response: Response, code: string): void {
  codes.set(response, code);
}

/** The code of the problem that an answer is; for an answer that is none of our problems, its status. */
export function problemCodeOf(response: { status: number }): string {
  return codes.get(response) ?? `status-${response.status}`;
}
