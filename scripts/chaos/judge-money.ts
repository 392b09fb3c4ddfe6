import { addFractions, floorFraction, fraction } from "@/lib/domain/fraction";
import { amountOver, exactAmountOver } from "@/lib/domain/rate";
import type { Books, StreamRow } from "./books";
import type { Evidence } from "./evidence";
import { type Finding, finding } from "./finding";
import { type History, isDone, type Operation } from "./history";

/** Worked out from what the clients sent and were told, and from the rates; not from the columns that are checked. */
export function judgeMoney({ history, books, balances }: Evidence): Finding[] {
  const found: Finding[] = [];
  if (books.escrow !== 0n) found.push(finding("money", `${books.escrow} is left in escrow`));

  const expected = new Map<string, bigint>();
  const add = (address: string, amount: bigint) =>
    expected.set(address, (expected.get(address) ?? 0n) + amount);
  for (const operation of history.operations)
    if (operation.kind === "credit" && operation.amount !== null && wasMade(operation, books))
      add(operation.actor, operation.amount);

  for (const stream of books.streams.values()) {
    const paid = settlementOf(stream, history, books);
    if (paid.told !== null && paid.told !== paid.workedOut)
      found.push(
        finding("money", `${stream.id}: its close said ${paid.told} paid, worked out ${paid.workedOut}`),
      );
    if (stream.status !== "settled") found.push(finding("open", `${stream.id} is ${stream.status}`));
    add(stream.sender, -paid.workedOut);
    add(stream.receiver, paid.workedOut);
  }
  for (const [address, amount] of expected) {
    const seen = balances.get(address);
    if (seen !== amount) found.push(finding("money", `${address} has ${seen}, should have ${amount}`));
  }
  return found;
}

/** What a stream paid: the flow over its segments, and the price of each served call. */
function settlementOf(
  stream: StreamRow,
  history: History,
  books: Books,
): { told: bigint | null; workedOut: bigint } {
  const used = [...books.requests.values()]
    .filter(({ streamId, state }) => streamId === stream.id && state === "served")
    .reduce((sum, { price }) => sum + price, 0n);
  const close = history.operations
    .filter(({ kind, streamId }) => kind === "close" && streamId === stream.id)
    .flatMap(({ answers }) => answers)
    .find(({ digest }) => digest !== "");
  const told = close ? BigInt((close.body as { totalPaid: string }).totalPaid) : null;
  return { told, workedOut: flowOf(stream.id, stream.billed - used, books) + used };
}

/**
 * Base units that flowed over all segments, rounded down once. A deposit that runs dry does so within a millisecond: then `said`
 * is right when it is short of the whole milliseconds by less than one for each time.
 */
function flowOf(streamId: string, said: bigint, { segments }: Books): bigint {
  const mine = segments.filter((segment) => segment.streamId === streamId);
  const exact = mine.reduce(
    (sum, { rate, startMs, endMs }) => addFractions(sum, exactAmountOver(rate, (endMs ?? startMs) - startMs)),
    fraction(0n),
  );
  const whole = floorFraction(exact);
  const slack = mine
    .filter(({ endCause }) => endCause === "exhaust")
    .reduce((sum, { rate }) => sum + amountOver(rate, 1n, "ceil"), 0n);
  return said <= whole && said >= whole - slack ? said : whole;
}

/** Whether a credit counts: its client was told so, or the answer got lost and the books have it. */
function wasMade(operation: Operation, { entries }: Books): boolean {
  return (
    isDone(operation) || entries.some(({ kind, amount }) => kind === "credit" && amount === operation.amount)
  );
}
