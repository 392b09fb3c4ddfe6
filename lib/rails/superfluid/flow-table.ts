import { decodeAbiParameters, encodeAbiParameters, type Hex } from "viem";
import type { Allocation } from "@/lib/domain/flow-allocations";

/** What a sender says of a flow: version 1, then which listing (`provider_tag`) gets how many base units a second. */
const layout = [
  { type: "uint8", name: "version" },
  {
    type: "tuple[]",
    name: "table",
    components: [
      { type: "uint64", name: "tag" },
      { type: "uint96", name: "rate" },
    ],
  },
] as const;

/** More plans than this with one provider are not read, so that nobody makes us work. */
export const MOST_ROWS = 32;

/** The `userData` of a flow that several listings share, or one. Safe in a browser. */
export function encodeFlowTable(table: readonly Allocation[]): Hex {
  return encodeAbiParameters(layout, [1, table.map(({ tag, rate }) => ({ tag, rate }))]);
}

/** @returns null for anything else than a table of ours: other applications write what they like */
export function decodeFlowTable(userData: Hex): Allocation[] | null {
  if (userData.length > 2 + 64 * (3 + 2 * MOST_ROWS)) return null;
  try {
    const [version, table] = decodeAbiParameters(layout, userData);
    return version === 1 ? table.map(({ tag, rate }) => ({ tag, rate })) : null;
  } catch {
    return null;
  }
}
