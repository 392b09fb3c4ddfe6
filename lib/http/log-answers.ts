import "server-only";
import { logger } from "@/lib/log";
import { listenToAnswers } from "@/lib/metrics/note-answer";

/** At LOG_LEVEL=debug, a line for each answer, by its route: for looking into something, not for every day. */
export function logAnswers(): void {
  if (!logger.isLevelEnabled("debug")) return;
  listenToAnswers((endpoint, method, status, code, tookMs) =>
    logger.debug({ endpoint, method, status, ...(code && { code }), tookMs }, "Answered"),
  );
}
