import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Table, Td, Th } from "@/components/ui/table";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { Simulation } from "@/lib/http/operations/simulation-operations";

/** Null while it is on its way: its place is kept. */
type Props = { demo: Simulation | null; control: Simulation | null };

/** The two days beside each other: what the standing order changed. */
export function Comparison({ demo, control }: Props) {
  const amount = (pick: (simulation: Simulation) => string) => (simulation: Simulation) => (
    <Amount value={BigInt(pick(simulation))} asset={simulation.asset} symbol={false} />
  );
  const lines: { label: string; of: (simulation: Simulation) => ReactNode }[] = [
    { label: "Calls authorised", of: ({ totals }) => totals.authorised },
    { label: "Calls denied", of: ({ totals }) => totals.denied },
    { label: "First denial", of: firstDenial },
    { label: "Automatic top-ups", of: ({ totals }) => totals.topUps },
    { label: `Deposited, ${LEDGER_ASSET.symbol}`, of: amount(({ totals }) => totals.deposited) },
    { label: `Paid, ${LEDGER_ASSET.symbol}`, of: amount(({ totals }) => totals.volume) },
    { label: `Refunded, ${LEDGER_ASSET.symbol}`, of: amount(({ totals }) => totals.refunded) },
  ];
  return (
    <Card aria-labelledby="comparison">
      <CardHeader className="pb-2">
        <CardTitle id="comparison">What the rule changes</CardTitle>
      </CardHeader>
      <Table label="Figures with the rule and without">
        <thead>
          <tr>
            <Th>
              <span className="sr-only">Figure</span>
            </Th>
            <Th className="text-right">With the rule</Th>
            <Th className="pr-5 text-right">Without</Th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ label, of }) => (
            <tr key={label} className="last:[&>*]:border-b-0">
              <th scope="row" className="border-line border-b py-2.5 pr-3 pl-5 font-normal text-soft">
                {label}
              </th>
              <Td className="text-right">{demo ? of(demo) : <Coming />}</Td>
              <Td className="pr-5 text-right">{control ? of(control) : <Coming />}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Coming() {
  return <span className="text-faint">…</span>;
}

function firstDenial({ requests }: Simulation): string {
  const first = requests.find(({ decision }) => decision === "denied");
  if (!first) return "none";
  const minutes = first.atMs / 60_000;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
