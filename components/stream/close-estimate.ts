const KEY = "superstream.close-estimates";
/** The newest are kept: it is a remark, not a record. */
const KEEP = 20;

type Estimate = { streamId: string; units: string };

/** What the counter showed, in base units, when this browser asked for a stream to be closed on its chain. */
export function rememberEstimate(streamId: string, units: bigint): void {
  const others = estimates().filter((of) => of.streamId !== streamId);
  localStorage.setItem(KEY, JSON.stringify([...others, { streamId, units: `${units}` }].slice(-KEEP)));
}

/** @returns null when this browser did not close it */
export function estimateOf(streamId: string): bigint | null {
  const found = estimates().find((of) => of.streamId === streamId);
  return found ? BigInt(found.units) : null;
}

function estimates(): Estimate[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isEstimate) : [];
  } catch {
    return [];
  }
}

function isEstimate(value: unknown): value is Estimate {
  if (typeof value !== "object" || value === null) return false;
  const { streamId, units } = value as Record<string, unknown>;
  return typeof streamId === "string" && typeof units === "string" && /^[0-9]{1,78}$/.test(units);
}
