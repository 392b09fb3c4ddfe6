import { addFractions, floorFraction, fraction } from "@/lib/domain/fraction";
import { amountOver, exactAmountOver } from "@/lib/domain/rate";
import type { Json } from "@/lib/mpp/canonical-json";
import type { ReceiptJwk } from "@/lib/mpp/receipt-keys";
import { verifyReceipt } from "@/lib/mpp/verify-receipt";
import type { Books, StreamRow } from "./books";
import { type History, isDone, isUncertain, type Operation, type OperationKind } from "./history";

/** A thing that must not be. `check` groups them in the report. */
export type Finding = { check: Check; detail: string };

export const checks = {
  unanswered: "operations that never got an answer",
  errors: "5xx that are not a moment's trouble",
  refusals: "refusals that no honest client should see",
  divergent: "keys with different answers",
  lost: "acknowledged operations that are not in the books",
  twice: "operations that the books have more than once",
  unasked: "movements of money that nobody asked for",
  receipts: "receipts that do not hold",
  upstream: "served calls that the provider did not serve once",
  money: "balances that are not what the clients worked out",
  open: "things still under way after healing",
  invariants: "rows of prisma/invariants.sql",
} as const;
export type Check = keyof typeof checks;

/** What a client may be refused in this workload, whose streams others change and time empties. */
const HONEST_REFUSALS: Record<OperationKind, readonly string[]> = {
  credit: [],
  // The price went up since the client looked.
  open: ["insufficient-balance", "invalid-input"],
  "open-402": [
    "invalid-input",
    "payment-insufficient",
    "stream/terminated",
    "stream/deposit-exhausted",
    "stream/paused",
    "stream/rate-limited",
  ],
  "top-up": ["stream-state", "insufficient-balance", "invalid-input"],
  tier: ["stream-state", "insufficient-balance"],
  pause: ["stream-state"],
  resume: ["stream-state", "insufficient-balance"],
  close: [],
  collect: [],
  call: [
    "stream/terminated",
    "stream/not-found",
    "stream/deposit-exhausted",
    "stream/paused",
    "stream/rate-limited",
    "payment-insufficient",
    // A top-up on the way, of a stream that ended or filled meanwhile.
    "stream-state",
  ],
};

/** Events that an operation of a kind writes, once. */
const EVENTS: Partial<Record<OperationKind, string>> = {
  tier: "tier-changed",
  pause: "paused",
  resume: "resumed",
};

export type Evidence = {
  history: History;
  books: Books;
  /** Times that the provider sent a whole answer, by request id. */
  upstream: Map<string, number>;
  keys: readonly ReceiptJwk[];
  /** Final balances as the API shows them, by lower-case address. */
  balances: Map<string, bigint>;
};

/** Compares all that the clients know with the books. Empty when nothing was lost, doubled or wrong. */
export async function judge(evidence: Evidence): Promise<Finding[]> {
  const { books, history } = evidence;
  return [
    ...history.serverErrors.map(({ status, code, what, at }) =>
      finding("errors", `${status} ${code ?? ""} from ${what} at ${at.toISOString().slice(11, 23)}`),
    ),
    ...history.operations.flatMap((operation) => [...judgeAnswers(operation), ...judgeKey(operation, books)]),
    ...judgeEntries(history, books),
    ...judgeEvents(history, books),
    ...(await judgeCalls(evidence)),
    ...judgeMoney(evidence),
    ...books.violations.map(({ id, subject, detail }) =>
      finding("invariants", `${id} ${subject}: ${detail}`),
    ),
  ];
}

function judgeAnswers(operation: Operation): Finding[] {
  const found: Finding[] = [];
  if (operation.unanswered) found.push(finding("unanswered", nameOf(operation)));
  for (const { done, code, status } of operation.answers)
    if (!done && !HONEST_REFUSALS[operation.kind].includes(code ?? ""))
      found.push(finding("refusals", `${nameOf(operation)}: ${status} ${code}`));
  const digests = new Set(
    operation.answers.filter(({ done, digest }) => done && digest).map(({ digest }) => digest),
  );
  if (operation.key !== null && digests.size > 1)
    found.push(finding("divergent", `${nameOf(operation)}: ${digests.size} answers`));
  return found;
}

/** An acknowledged key is used up; the key of a certain refusal is not. Calls keep their keys in their own rows. */
function judgeKey(operation: Operation, { keys }: Books): Finding[] {
  const { key, actor, kind } = operation;
  if (key === null || kind === "call" || kind === "open-402") return [];
  const used = keys.has(`${actor} ${key}`);
  if (isDone(operation) && !used) return [finding("lost", nameOf(operation))];
  if (!isDone(operation) && used && !isUncertain(operation))
    return [finding("unasked", `${nameOf(operation)} was refused`)];
  return [];
}

/** Each deposit, top-up and credit is told by its amount, which no other operation has. */
function judgeEntries(history: History, { entries }: Books): Finding[] {
  const asked = new Map(
    history.operations.flatMap((operation) =>
      operation.amount === null ? [] : [[operation.amount, operation]],
    ),
  );
  const times = new Map<bigint, number>();
  const found: Finding[] = [];
  for (const { kind, actor, amount } of entries) {
    if (!["credit", "deposit", "top-up"].includes(kind)) continue;
    const operation = asked.get(amount);
    if (operation?.actor !== actor) found.push(finding("unasked", `${kind} of ${amount} by ${actor}`));
    times.set(amount, (times.get(amount) ?? 0) + 1);
  }
  for (const [amount, operation] of asked) {
    const n = times.get(amount) ?? 0;
    if (n > 1) found.push(finding("twice", `${nameOf(operation)}: ${n} entries`));
    if (n === 0 && isDone(operation)) found.push(finding("lost", nameOf(operation)));
  }
  return found;
}

function judgeEvents(history: History, { events, streams }: Books): Finding[] {
  const found: Finding[] = [];
  for (const [kind, event] of Object.entries(EVENTS))
    for (const streamId of streams.keys()) {
      const mine = history.operations.filter(
        (operation) => operation.kind === kind && operation.streamId === streamId,
      );
      const least = mine.filter(isDone).length;
      const most = least + mine.filter(isUncertain).length;
      const n = events.filter((row) => row.streamId === streamId && row.kind === event).length;
      if (n < least)
        found.push(finding("lost", `${kind} of ${streamId}: ${least} acknowledged, ${n} in the books`));
      if (n > most)
        found.push(finding("twice", `${kind} of ${streamId}: at most ${most} asked for, ${n} in the books`));
    }
  return found;
}

async function judgeCalls({ history, books, upstream, keys }: Evidence): Promise<Finding[]> {
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

/** Worked out from what the clients sent and were told, and from the rates; not from the columns that are checked. */
function judgeMoney({ history, books, balances }: Evidence): Finding[] {
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

function nameOf({ kind, key, actor, streamId }: Operation): string {
  return `${kind} ${key ?? "without key"} of ${actor.slice(0, 8)}…${streamId ? ` on ${streamId}` : ""}`;
}

function finding(check: Check, detail: string): Finding {
  return { check, detail };
}
