"use client";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { LocalTime } from "@/components/ui/local-time";
import { Table, Td, Th } from "@/components/ui/table";
import type { DeliveryView } from "@/lib/alerts/webhook-deliveries";
import { useAnswer } from "./use-answer";
import type { WebhookActionSet } from "./webhook-actions-type";

/** While a message is on its way its line is loaded again this often. */
const WATCH_MS = 2_000;
const tones = { pending: "warn", delivered: "flow", failed: "stop", cancelled: "plain" } as const;
const words = {
  pending: "Waiting",
  delivered: "Delivered",
  failed: "Failed",
  cancelled: "Not sent",
} as const;

type Props = {
  webhookId: string;
  deliveries: DeliveryView[];
  enabled: boolean;
  redeliver: WebhookActionSet["redeliver"];
};

/** What was sent to a webhook, and how it went. */
export function DeliveryLog({ webhookId, deliveries, enabled, redeliver }: Props) {
  if (deliveries.length === 0)
    return <p className="text-faint text-sm">Nothing was sent yet. Send a test to see how it looks.</p>;
  return (
    <>
      {deliveries.some(({ state }) => state === "pending") ? <KeepFresh everyMs={WATCH_MS} /> : null}
      <Table label="Delivery log" className="[&_td]:align-middle">
        <thead>
          <tr>
            <Th>State</Th>
            <Th>Message</Th>
            <Th className="max-sm:hidden">When</Th>
            <Th>Answer</Th>
            <Th className="text-right max-sm:hidden">Attempts</Th>
            <Th>
              <span className="sr-only">Again</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr key={delivery.id} className="[&:last-child>td]:border-b-0">
              <Td>
                <Badge tone={tones[delivery.state]}>{words[delivery.state]}</Badge>
              </Td>
              <Td>
                <code className="whitespace-nowrap text-xs">{delivery.type}</code>
                <span className="block whitespace-nowrap text-faint text-xs sm:hidden">
                  <LocalTime ms={delivery.createdAtMs} />
                </span>
              </Td>
              <Td className="whitespace-nowrap max-sm:hidden">
                <LocalTime ms={delivery.createdAtMs} />
              </Td>
              <Td className="whitespace-nowrap text-soft">
                <Answer delivery={delivery} />
              </Td>
              <Td className="text-right max-sm:hidden">{delivery.attempts}</Td>
              <Td className="py-1 text-right">
                <Again
                  input={{ webhookId, deliveryId: delivery.id }}
                  enabled={enabled && delivery.state !== "pending"}
                  redeliver={redeliver}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function Answer({ delivery }: { delivery: DeliveryView }) {
  const { responseStatus, error, tookMs, nextAttemptAtMs, lastAttemptAtMs } = delivery;
  return (
    <>
      {responseStatus === null ? (error ?? "…") : responseStatus}
      {tookMs === null ? null : <span className="text-faint"> · {tookMs} ms</span>}
      {nextAttemptAtMs !== null && lastAttemptAtMs !== null ? (
        <span className="block text-xs">
          again at <LocalTime ms={nextAttemptAtMs} style="time" />
        </span>
      ) : null}
    </>
  );
}

function Again({
  input,
  enabled,
  redeliver,
}: {
  input: { webhookId: string; deliveryId: string };
  enabled: boolean;
  redeliver: WebhookActionSet["redeliver"];
}) {
  const { busy, run } = useAnswer(redeliver);
  return (
    <Button tone="quiet" size="sm" busy={busy} disabled={!enabled} onClick={() => void run(input)}>
      Send again
    </Button>
  );
}
