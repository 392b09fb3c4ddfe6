import type { AlertView } from "@/lib/alerts/alert-view";
import { formatDuration } from "@/lib/format";

/** The last alert before the end, and everything after it. */
const URGENT_MS = 600_000n;

/** `stop`: it runs dry within minutes, or has. */
export function alertTone({ thresholdMs, now }: Pick<AlertView, "thresholdMs" | "now">): "warn" | "stop" {
  return thresholdMs <= URGENT_MS || now.streamStatus === "exhausted" ? "stop" : "warn";
}

/** What is wrong, without a name and without a clock: "less than 1 h left". */
export function alertWords({ thresholdMs, now }: Pick<AlertView, "thresholdMs" | "now">): string {
  return now.streamStatus === "exhausted" ? "deposit empty" : `less than ${formatDuration(thresholdMs)} left`;
}

/** Why the standing order does not help, as a sentence, or null. */
export function obstacleWords({ autoTopUpObstacle }: Pick<AlertView, "autoTopUpObstacle">): string | null {
  return autoTopUpObstacle ? `Its automatic top-up cannot help: ${autoTopUpObstacle}.` : null;
}
