/** Weak, so that nothing is kept for it; beside the response, so that nothing of it is on the wire twice. */
const codes = new WeakMap<Response, string>();

/** Notes which problem an answer is, for those who count answers. */
export function noteProblemCode(response: Response, code: string): void {
  codes.set(response, code);
}

/** The code of the problem that an answer is; for an answer that is none of our problems, its status. */
export function problemCodeOf(response: Response): string {
  return codes.get(response) ?? `status-${response.status}`;
}

/** For whoever makes a new answer out of one. */
export function passProblemCode(from: Response, to: Response): Response {
  const code = codes.get(from);
  if (code !== undefined) codes.set(to, code);
  return to;
}
