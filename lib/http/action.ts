import "server-only";
import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import { currentAccount } from "@/lib/auth/current-account";
import { type Problem, ProblemError, toProblem } from "@/lib/errors";
import { logger } from "@/lib/log";
import { databaseTrouble } from "./database-trouble";

/** What a server action gives back: a refusal is a value, so that the form can show it where it happened. */
export type ActionResult<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** The only place of the server actions that catches everything. `redirect` and `notFound` pass through. */
export async function action<T>(run: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    unstable_rethrow(error);
    const problem = toProblem(refusalOf(error));
    if (problem.status >= 500) logger.error({ error }, problem.title);
    return { ok: false, problem };
  }
}

/** The same for what only a signed-in account may do. `actor` is its address in lower case. */
export function signedInAction<T>(run: (actor: string) => Promise<T>): Promise<ActionResult<T>> {
  return action(async () => {
    const account = await currentAccount();
    if (!account) throw new ProblemError("sign-in-required", "Your session has ended. Sign in again.");
    return run(account.address);
  });
}

function refusalOf(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  if (error instanceof z.ZodError)
    return new ProblemError("invalid-input", error.issues[0]?.message ?? "The input is not valid.");
  return databaseTrouble(error) ?? error;
}
