import "server-only";
import { notFound } from "next/navigation";
import { type ProblemCode, ProblemError } from "@/lib/errors";

/** What a page is about. When it is refused with `code`, the page does not exist: the reader sees the 404. */
export async function orNotFound<T>(code: ProblemCode, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ProblemError && error.code === code) notFound();
    throw error;
  }
}
