import { ProblemError } from "@/lib/errors";

/** For races: a stream may be closed, paused or empty when its turn comes. @throws whatever else goes wrong, as it is */
export function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ProblemError)) throw error;
}
