import { humanise, isObject } from "@/components/schema-form/form-field";
import { Table, Td, Th } from "@/components/ui/table";

/** More columns than this are no table that one reads. */
const COLUMNS_MAX = 6;

type Row = Readonly<Record<string, unknown>>;

/** A list of alike objects, such as one result per method, as the table that it is. */
export function RowsTable({ label, rows }: { label: string; rows: readonly Row[] }) {
  const columns = columnsOf(rows);
  /** Two rows may be alike: the place of each is its name. */
  const numbered = rows.map((row, number) => ({ row, number }));
  return (
    <div className="overflow-hidden rounded-lg border border-line">
      <Table label={label} className="tabular-nums">
        <thead className="bg-sunken">
          <tr>
            {columns.map((column) => (
              <Th key={column} className="py-1.5">
                {humanise(column)}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>td]:border-b-0">
          {numbered.map(({ row, number }) => (
            <tr key={number}>
              {columns.map((column) => (
                <Td key={column} className="py-1.5">
                  {cellText(row[column])}
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** Whether a member reads better as a table: some objects with the same few members, none of them a list. */
export function isTable(value: unknown): value is Row[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (row) =>
        isObject(row) &&
        Object.values(row).every((cell) => !isObject(cell) || typeof cell.meaning === "string"),
    ) &&
    value.every((row) => !Object.values(row as Row).some(Array.isArray)) &&
    columnsOf(value as Row[]).length <= COLUMNS_MAX
  );
}

function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** An interpretation says what it means in words; the code beside them is in the JSON. */
function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return "–";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return isObject(cell) ? String(cell.meaning) : String(cell);
}
