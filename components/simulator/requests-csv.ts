import { toDecimal } from "@/lib/domain/decimal";
import type { Simulation } from "@/lib/http/operations/simulation-operations";

type Rows = Pick<Simulation, "requests" | "asset">;

/** Every request as RFC 4180 CSV: milliseconds from the start, amounts in whole tokens with every decimal. */
export function requestsCsv({ requests, asset }: Rows): string {
  const amount = (value: string) => toDecimal(BigInt(value), asset.decimals, asset.decimals, "down");
  const header = [
    "at_ms",
    "stream",
    "request_type",
    "decision",
    "reason",
    `accrued_${asset.symbol}`,
    `remaining_${asset.symbol}`,
  ];
  const rows = requests.map(({ atMs, stream, requestType, decision, reason, accrued, remaining }) => [
    String(atMs),
    cell(stream),
    cell(requestType),
    decision,
    reason ?? "",
    amount(accrued),
    amount(remaining),
  ]);
  return `${[header, ...rows].map((row) => row.join(",")).join("\r\n")}\r\n`;
}

/** Names are free text: quoted, and never read as a formula by a spreadsheet. */
function cell(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
