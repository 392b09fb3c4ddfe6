import { formatEther } from "viem";
import type { OutboxGauges } from "@/lib/outbox/read-outbox";

type Gauge = { set(value: number): void; set(labels: Record<string, string>, value: number): void };
type NewGauge = (name: string, help: string, labelNames?: string[]) => Gauge;

/** The server's own transactions, for Prometheus. */
export function setOutboxGauges(gauge: NewGauge, outbox: OutboxGauges): void {
  const waiting = gauge(
    "superstream_outbox_transactions",
    "Transactions of the server's own that are not confirmed.",
    ["state"],
  );
  waiting.set({ state: "pending" }, outbox.pending);
  waiting.set({ state: "under_way" }, outbox.underWay);
  gauge("superstream_outbox_oldest_seconds", "How long the oldest of them has waited.").set(
    outbox.oldestAgeMs / 1000,
  );
  gauge(
    "superstream_outbox_nonce_gap_seconds",
    "How long the lowest number that is in no block has been given out: everything behind it waits.",
  ).set(outbox.nonceGapAgeMs / 1000);
  gauge("superstream_outbox_failed_day", "Transactions of the server's own that failed in 24 hours.").set(
    outbox.failedDay,
  );
  gauge(
    "superstream_outbox_gas_today_coins",
    "Coin that they took for gas since midnight UTC, with what may still be taken by those under way.",
  ).set(Number(formatEther(outbox.gasToday)));
  gauge(
    "superstream_outbox_quarantined_targets",
    "Targets that are left alone because they refuse again and again.",
  ).set(outbox.quarantined);
  gauge(
    "superstream_outbox_problem_seconds",
    "How long nothing could be signed: no coin, fees or budget. 0: all is well.",
  ).set(outbox.problem ? outbox.problemAgeMs / 1000 : 0);
}
