/** `code`: of the problem that it is, or empty. `tookMs`: with fractions. */
type Listener = (endpoint: string, method: string, status: number, code: string, tookMs: number) => void;

const shared = globalThis as typeof globalThis & { superstreamAnswerListener?: Listener };

/** Tells the one listener, if there is one, what was answered: a log that is asked to be talkative. */
export const noteAnswer: Listener = (endpoint, method, status, code, tookMs) =>
  shared.superstreamAnswerListener?.(endpoint, method, status, code, tookMs);

export function listenToAnswers(listener: Listener): void {
  shared.superstreamAnswerListener = listener;
}
