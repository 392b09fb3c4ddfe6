/**
 * The work's result, or an error once it takes longer; the work itself goes on to its own limits.
 *
 * @throws Error after `patienceMs`, or what the work throws
 */
export function within<T>(patienceMs: number, work: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`Nothing came within ${patienceMs} ms.`)), patienceMs);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(late));
}
