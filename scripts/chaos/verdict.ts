import type { Books } from "./books";
import type { Evidence } from "./evidence";
import { type Finding, finding, nameOf } from "./finding";
import { type History, isDone, isUncertain, type Operation, type OperationKind } from "./history";
import { judgeCalls } from "./judge-calls";
import { judgeMoney } from "./judge-money";

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
  ],
};

/** Events that an operation of a kind writes, once. */
const EVENTS: Partial<Record<OperationKind, string>> = {
  tier: "tier-changed",
  pause: "paused",
  resume: "resumed",
};

/** Compares all that the clients know with the books. Empty when nothing was lost, doubled or wrong. */
export async function judge(evidence: Evidence): Promise<Finding[]> {
  const { books, history } = evidence;
  return [
    ...judgeReach(history),
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

/** A run in which everything is refused finds nothing wrong, either. */
function judgeReach({ operations }: History): Finding[] {
  const done = new Set(operations.filter(isDone).map(({ kind }) => kind));
  const needed: OperationKind[][] = [["credit"], ["open", "open-402"], ["call"], ["close"]];
  return needed
    .filter((kinds) => !kinds.some((kind) => done.has(kind)))
    .map((kinds) => finding("idle", `no ${kinds.join(" or ")} was done`));
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
