/** More combinations of label values than a bug should be able to make: what comes later is counted together. */
const CELLS_MAX = 2_000;
const OTHER = "other";

export type LabelCells<Name extends string, Cell> = {
  /** The cell of these label values, in the order of the names. Keep it where the same one is used often. */
  of(...values: string[]): Cell;
  entries(): { labels: Record<Name, string>; cell: Cell }[];
};

/**
 * One cell for each combination of label values. Values name routes, outcomes and states, never tenants: each
 * combination lives as long as the process.
 */
export function labelCells<Name extends string, Cell>(
  names: readonly Name[],
  make: () => Cell,
): LabelCells<Name, Cell> {
  const cells = new Map<string, { labels: Record<Name, string>; cell: Cell }>();

  function add(key: string, values: readonly string[]): Cell {
    const labels = Object.fromEntries(names.map((name, at) => [name, values[at] ?? OTHER]));
    const cell = make();
    cells.set(key, { labels: labels as Record<Name, string>, cell });
    return cell;
  }

  return {
    of(...values) {
      const key = values.join("\n");
      const found = cells.get(key);
      if (found) return found.cell;
      if (cells.size < CELLS_MAX) return add(key, values);
      return cells.get(OTHER)?.cell ?? add(OTHER, []);
    },
    entries: () => [...cells.values()],
  };
}
