import type { Json } from "@/lib/mpp/canonical-json";
import { verifyReceipt } from "@/lib/mpp/verify-receipt";
import type { Evidence } from "./evidence";
import { type Finding, finding, nameOf } from "./finding";
import { type History, isUncertain, type Operation } from "./history";

/** Paid calls: what was answered is in the books and signed, the provider served it once, and nothing else was served. */
export async function judgeCalls({ history, books, upstream, keys }: Evidence): Promise<Finding[]> {
  const found: Finding[] = [];
  const answered = new Map<string, Operation>();
  for (const operation of history.operations)
    for (const paid of operation.paid) {
      answered.set(paid.requestId, operation);
      const row = books.requests.get(paid.requestId);
      const what = `${nameOf(operation)} ${paid.requestId}`;
      if (row?.state !== "served") found.push(finding("lost", `${what} is ${row?.state ?? "unknown"}`));
      else if (row.key !== operation.key) found.push(finding("lost", `${what} has key ${row.key}`));
      const verdict = await verifyReceipt(paid.receipt as Record<string, Json>, keys);
      if (!verdict.valid) found.push(finding("receipts", `${what}: ${verdict.reason}`));
      if (paid.receipt.responseDigest !== paid.responseDigest)
        found.push(finding("receipts", `${what}: another answer's digest`));
      if (
        row?.receipt !== null &&
        row &&
        JSON.stringify(JSON.parse(row.receipt)) !== JSON.stringify(paid.receipt)
      )
        found.push(finding("receipts", `${what}: not the one in the books`));
    }

  const served = [...books.requests.values()].filter(({ state }) => state === "served");
  const keyed = new Map<string, number>();
  for (const { id, payer, key, receipt } of served) {
    if ((upstream.get(id) ?? 0) !== 1)
      found.push(finding("upstream", `${id}: ${upstream.get(id) ?? 0} times`));
    if (receipt === null) found.push(finding("receipts", `${id} was served without one`));
    if (key !== null) keyed.set(`${payer} ${key}`, (keyed.get(`${payer} ${key}`) ?? 0) + 1);
  }
  for (const [id, n] of upstream) if (n > 1) found.push(finding("upstream", `${id}: ${n} times`));
  for (const [key, n] of keyed) if (n > 1) found.push(finding("twice", `call ${key}: served ${n} times`));
  found.push(...judgeUnseen(history, served, answered));
  return found;
}

/** Served calls whose answer nobody has: allowed for as many as got lost, and for keyed ones only if given up. */
function judgeUnseen(
  history: History,
  served: { id: string; payer: string; key: string | null }[],
  answered: Map<string, Operation>,
): Finding[] {
  const found: Finding[] = [];
  const lostOf = new Map<string, number>();
  for (const { actor, key, lost, kind } of history.operations)
    if (kind === "call" && key === null) lostOf.set(actor, (lostOf.get(actor) ?? 0) + lost);
  for (const { id, payer, key } of served) {
    if (answered.has(id)) continue;
    if (key === null) {
      const left = (lostOf.get(payer) ?? 0) - 1;
      lostOf.set(payer, left);
      if (left < 0)
        found.push(finding("unasked", `call ${id} of ${payer} was served, and no answer of it got lost`));
    } else {
      const operation = history.operations.find((each) => each.key === key && each.actor === payer);
      if (!operation || (!isUncertain(operation) && !operation.unanswered))
        found.push(
          finding("unasked", `call ${id} of ${payer} was served under ${key}, which was answered otherwise`),
        );
    }
  }
  return found;
}
