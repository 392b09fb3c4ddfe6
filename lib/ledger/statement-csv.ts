import { LEDGER_ASSET } from "@/lib/domain/asset";
import { movementText } from "@/lib/domain/statement-kind";
import { formatAmount } from "@/lib/format";
import type { StatementRow } from "./list-statement";

const header = [
  "seq",
  "time",
  "kind",
  "what",
  "counterparty",
  "stream",
  "amount",
  "balance_after",
  "asset",
  "amount_base_units",
  "balance_after_base_units",
  "entry",
];

/** The first line, RFC 4180: comma, CRLF. */
export const STATEMENT_CSV_HEADER = `${header.join(",")}\r\n`;

/** Lines of a statement. Amounts are exact: all 18 digits as a decimal, and base units beside them. Times are ISO 8601, UTC. */
export function statementCsv(rows: readonly StatementRow[]): string {
  return rows.map(line).join("");
}

function line({ seq, atMs, kind, stream, counterparty, amount, balanceAfter, key }: StatementRow): string {
  const { symbol, decimals } = LEDGER_ASSET;
  const cells = [
    seq.toString(),
    new Date(Number(atMs)).toISOString(),
    kind,
    textCell(movementText(kind, stream?.providerName ?? null)),
    textCell(counterparty ?? ""),
    textCell(stream?.id ?? ""),
    formatAmount(amount, { decimals }),
    formatAmount(balanceAfter, { decimals }),
    symbol,
    amount.toString(),
    balanceAfter.toString(),
    textCell(key),
  ];
  return `${cells.join(",")}\r\n`;
}

/**
 * A cell of text that somebody else may have chosen. A spreadsheet would run one that begins with = + - @ (or with a tab or a
 * line break before it) as a formula: an apostrophe makes it text. Amounts are not text: they are written by us, digits with
 * at most a sign and a point, and stay numbers, also negative ones.
 */
export function textCell(text: string): string {
  const safe =
    /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
