import Link from "next/link";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { LocalTime } from "@/components/ui/local-time";
import { Table, Td, Th } from "@/components/ui/table";
import type { AlertView } from "@/lib/alerts/alert-view";
import { formatDuration } from "@/lib/format";
import { paths } from "@/lib/paths";
import { obstacleWords } from "./alert-words";

const tones = { live: "warn", dismissed: "plain", resolved: "flow" } as const;
const words = { live: "Stands", dismissed: "Put away", resolved: "Resolved" } as const;

/** What was raised, the newest first: the money and the time that were left at that moment. */
export function AlertHistory({ alerts }: { alerts: AlertView[] }) {
  return (
    <Table label="Earlier alerts">
      <thead>
        <tr>
          <Th>Alert</Th>
          <Th className="max-sm:hidden">When</Th>
          <Th className="text-right">Left then</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <tr key={alert.id} className="[&:last-child>td]:border-b-0">
            <Td>
              <Link href={paths.stream(alert.streamId)} className="underline-offset-4 hover:underline">
                {alert.provider.name}
              </Link>
              <span className="block text-soft text-xs">
                {formatDuration(alert.thresholdMs)} before the end
              </span>
              <span className="block text-faint text-xs sm:hidden">
                <LocalTime ms={alert.raisedAtMs} />
              </span>
              {obstacleWords(alert) ? (
                <span className="block text-soft text-xs">{obstacleWords(alert)}</span>
              ) : null}
            </Td>
            <Td className="whitespace-nowrap max-sm:hidden">
              <LocalTime ms={alert.raisedAtMs} />
            </Td>
            <Td className="whitespace-nowrap text-right">
              {formatDuration(alert.runwayMs)}
              <span className="block text-soft text-xs">
                <Amount value={alert.remaining} asset={alert.asset} rounding="down" digits={4} />
              </span>
            </Td>
            <Td>
              <Badge tone={tones[alert.state]}>{words[alert.state]}</Badge>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
