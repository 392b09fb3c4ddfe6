import Link from "next/link";
import { Amount } from "@/components/ui/amount";
import { LocalTime } from "@/components/ui/local-time";
import { Table, Td, Th } from "@/components/ui/table";
import { ShortAddress } from "@/components/wallet/short-address";
import type { Asset } from "@/lib/domain/asset";
import { movementText } from "@/lib/domain/statement-kind";
import type { StatementRow } from "@/lib/ledger/list-statement";
import { paths } from "@/lib/paths";

type Props = { rows: readonly StatementRow[]; asset: Asset };

/** The movements of a wallet, newest first: a table, and on a narrow screen a line of two halves for each. */
export function StatementList({ rows, asset }: Props) {
  return (
    <>
      <div className="hidden sm:block">
        <Table label="Movements">
          <thead>
            <tr>
              <Th>Date</Th>
              <Th>What</Th>
              <Th>With</Th>
              <Th className="text-right">In</Th>
              <Th className="text-right">Out</Th>
              <Th className="text-right">Balance after</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={String(row.seq)}>
                <Td className="whitespace-nowrap">
                  <LocalTime ms={row.atMs} style="date" />
                  <LocalTime ms={row.atMs} style="time" className="block text-faint text-xs" />
                </Td>
                <Td>
                  <What row={row} />
                </Td>
                <Td>{row.counterparty ? <ShortAddress address={row.counterparty} /> : null}</Td>
                <Td className="text-right text-flow-strong">
                  {row.amount > 0n ? <Amount value={row.amount} asset={asset} symbol={false} /> : null}
                </Td>
                <Td className="text-right">
                  {row.amount < 0n ? <Amount value={-row.amount} asset={asset} symbol={false} /> : null}
                </Td>
                <Td className="text-right">
                  <Amount value={row.balanceAfter} asset={asset} symbol={false} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
      <ul aria-label="Movements" className="divide-y divide-line sm:hidden">
        {rows.map((row) => (
          <li key={String(row.seq)} className="flex items-start justify-between gap-4 px-5 py-3 text-sm">
            <div className="min-w-0">
              <What row={row} />
              <p className="mt-0.5 text-faint text-xs">
                <LocalTime ms={row.atMs} />
              </p>
            </div>
            <div className="shrink-0 text-right">
              <p className={row.amount > 0n ? "font-medium text-flow-strong" : "font-medium"}>
                {row.amount > 0n ? "+" : "−"}
                <Amount value={row.amount > 0n ? row.amount : -row.amount} asset={asset} symbol={false} />
              </p>
              <p className="mt-0.5 text-faint text-xs">
                after <Amount value={row.balanceAfter} asset={asset} symbol={false} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function What({ row: { kind, stream } }: { row: StatementRow }) {
  const text = movementText(kind, stream?.providerName ?? null);
  if (!stream) return <span>{text}</span>;
  return (
    <Link href={paths.stream(stream.id)} className="underline-offset-4 hover:underline">
      {text}
    </Link>
  );
}
