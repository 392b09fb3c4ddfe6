/** One entry of `Accept-Payment`: `superfluid/stream;q=0.5`, where either half may be `*`. */
type Preference = { method: string; intent: string; q: number };

const ENTRY = /^([a-z][a-z0-9:_-]*|\*)\/([A-Za-z0-9-]+|\*)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;
const LONGEST = 1_024;

/**
 * Orders offers as a caller prefers and leaves out what it excludes (draft-httpauth-payment-00: a header that is malformed or fits
 * nothing may be ignored, and is). The most specific entry decides, then the higher q; offers that are liked equally keep their order.
 */
export function acceptPayment<Offer extends { method: string; intent?: string }>(
  header: string | null,
  offers: readonly Offer[],
): readonly Offer[] {
  const preferences = header === null ? null : parse(header);
  if (!preferences) return offers;
  const liked = offers
    .map((offer, index) => ({ offer, index, q: weight(offer, preferences) }))
    .filter(({ q }) => q > 0)
    .sort((left, right) => right.q - left.q || left.index - right.index)
    .map(({ offer }) => offer);
  return liked.length > 0 ? liked : offers;
}

function parse(header: string): Preference[] | null {
  if (header.length > LONGEST) return null;
  const entries = header.split(",").map((part) => ENTRY.exec(part.trim()));
  if (entries.some((entry) => entry === null)) return null;
  return entries.map((entry) => ({
    method: entry?.[1] ?? "*",
    intent: entry?.[2] ?? "*",
    q: Number(entry?.[3] ?? 1),
  }));
}

function weight(
  { method, intent = "stream" }: { method: string; intent?: string },
  entries: Preference[],
): number {
  const fitting = entries
    .filter((entry) => [method, "*"].includes(entry.method) && [intent, "*"].includes(entry.intent))
    .map((entry) => ({ q: entry.q, specific: Number(entry.method !== "*") + Number(entry.intent !== "*") }))
    .sort((left, right) => right.specific - left.specific || right.q - left.q);
  return fitting[0]?.q ?? 0;
}
