/**
 * A value that the database cannot take (SQLSTATE classes 22 and 23). The statement wrote nothing, and would fail again:
 * of many calls in one batch, one is to blame.
 */
export function isDataError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
}
