/** What the journal has on a stream, and what the stream's row and its escrow account say. Amounts in base units, signed. */
export type Books = {
  recorded: {
    status: string;
    funded: bigint;
    billed: bigint;
    refunded: bigint;
    /** How many top-ups and bills the stream has counted. */
    topUps: number;
    bills: number;
  };
  /** Null when there is no escrow account. */
  account: { balance: bigint; nextSeq: bigint; headHolds: boolean } | null;
  /** All postings of the escrow account by the kind of their entry; "" when the entry is gone. */
  totals: readonly { kind: string; amount: bigint; count: number }[];
  /** Keys of entries that name this stream and post nothing to its escrow. */
  strays: readonly string[];
  /** The newest postings, newest first, with what came of hashing them again. */
  links: readonly Link[];
};

export type Link = {
  seq: bigint;
  key: string | null;
  kind: string | null;
  atMs: bigint | null;
  amount: bigint;
  balanceBefore: bigint;
  balanceAfter: bigint;
  seqBefore: bigint;
  /** Sum of all sides of the entry: 0 when it balances. */
  sides: bigint;
  /** The entry still hashes to what was written. */
  entryHolds: boolean;
  /** The posting still hashes onto the one before it. */
  linkHolds: boolean;
};

export type LineName = "funded" | "paid" | "refunded" | "fees" | "remaining";

export type ConservationEntry = { key: string; kind: string; atMs: bigint; amount: bigint; holds: boolean };

/** One term of funded = paid + refunded + fees + remaining. */
export type ConservationLine = {
  name: LineName;
  /** What the journal comes to. */
  amount: bigint;
  /** What the stream's row, or for what remains its escrow account, says. */
  recorded: bigint;
  /** recorded − amount: 0 when nothing was changed. */
  difference: bigint;
  entryCount: number;
  /** The newest entries of this line. */
  entries: ConservationEntry[];
};

/** Something that does not fit, in a sentence. `difference` is exact, null where hashes and not amounts disagree. */
export type ConservationFault = { what: string; difference: bigint | null };

export type Conservation = {
  holds: boolean;
  /** funded − paid − refunded − fees − what the escrow account holds. */
  difference: bigint;
  lines: ConservationLine[];
  faults: ConservationFault[];
  /** Postings of the escrow, and how many of the newest were hashed again. */
  entryCount: number;
  hashedCount: number;
};

/** More entries of a line, and more faults, are counted and not listed. */
const LISTED_MAX = 50;
const FAULTS_MAX = 20;

/** Which line an entry belongs to, and the sign by which its posting to the escrow counts there. */
const lineOfKind: ReadonlyMap<string, readonly [LineName, 1n | -1n]> = new Map([
  ["deposit", ["funded", 1n]],
  ["top-up", ["funded", 1n]],
  ["auto-top-up", ["funded", 1n]],
  ["collect", ["paid", -1n]],
  ["settle", ["paid", -1n]],
  ["refund", ["refunded", -1n]],
]);

/** Adds up the journal's side of a stream, compares it with what is recorded, and names each thing that does not fit. */
export function judgeConservation(books: Books): Conservation {
  const { recorded, account, links } = books;
  const sum = (name: LineName) => {
    const of = books.totals.filter(({ kind }) => lineOfKind.get(kind)?.[0] === name);
    return {
      amount: of.reduce((total, { kind, amount }) => total + (lineOfKind.get(kind)?.[1] ?? 0n) * amount, 0n),
      entryCount: of.reduce((total, { count }) => total + count, 0),
    };
  };
  const posted = books.totals.reduce((total, { amount }) => total + amount, 0n);
  const entryCount = books.totals.reduce((total, { count }) => total + count, 0);
  const line = (
    name: LineName,
    { amount, entryCount: count } = sum(name),
    says = amount,
  ): ConservationLine => ({
    name,
    amount,
    recorded: says,
    difference: says - amount,
    entryCount: count,
    entries: entriesOf(links, name),
  });

  const lines = [
    line("funded", sum("funded"), recorded.funded),
    line("paid", sum("paid"), recorded.billed),
    line("refunded", sum("refunded"), recorded.refunded),
    line("fees"),
    line("remaining", { amount: posted, entryCount: 0 }, account?.balance ?? 0n),
  ];
  const [funded = 0n, paid = 0n, refunded = 0n, fees = 0n] = lines.map(({ amount }) => amount);
  const faults = [...faultsOfLines(lines), ...faultsOfCounts(books), ...faultsOfChain(books)];
  return {
    holds: faults.length === 0,
    difference: funded - paid - refunded - fees - (account?.balance ?? 0n),
    lines,
    faults: faults.slice(0, FAULTS_MAX),
    entryCount,
    hashedCount: links.length,
  };
}

function entriesOf(links: readonly Link[], name: LineName): ConservationEntry[] {
  const entries: ConservationEntry[] = [];
  for (const { key, kind, atMs, amount, entryHolds, linkHolds, sides } of links) {
    const [of, sign] = lineOfKind.get(kind ?? "") ?? [];
    if (of !== name || sign === undefined || key === null || kind === null || atMs === null) continue;
    if (entries.length === LISTED_MAX) break;
    entries.push({ key, kind, atMs, amount: sign * amount, holds: entryHolds && linkHolds && sides === 0n });
  }
  return entries;
}

const saidOf: Record<LineName, string> = {
  funded: "The stream's row differs from its journal in what was put in",
  paid: "The stream's row differs from its journal in what was paid",
  refunded: "The stream's row differs from its journal in what was returned",
  fees: "Fees differ",
  remaining: "The escrow account differs from the sum of its postings",
};

function faultsOfLines(lines: readonly ConservationLine[]): ConservationFault[] {
  return lines
    .filter(({ difference }) => difference !== 0n)
    .map(({ name, difference }) => ({ what: `${saidOf[name]}.`, difference }));
}

function faultsOfCounts({ totals, recorded, account, strays }: Books): ConservationFault[] {
  const faults: ConservationFault[] = [];
  const count = (...kinds: string[]) =>
    totals.reduce((total, { kind, count: n }) => total + (kinds.includes(kind) ? n : 0), 0);
  const expect = (name: string, found: number, expected: number) => {
    if (found !== expected)
      faults.push({ what: `${name}: ${found} in the journal, ${expected} expected.`, difference: null });
  };
  expect("Deposits", count("deposit"), 1);
  expect("Top-ups", count("top-up", "auto-top-up"), recorded.topUps);
  expect("Payments", count("collect", "settle"), recorded.bills);
  expect("Refunds", count("refund"), recorded.refunded > 0n ? 1 : 0);
  for (const { kind, amount } of totals)
    if (!lineOfKind.has(kind))
      faults.push({
        what:
          kind === ""
            ? "A posting has lost its entry."
            : `An entry of kind ${kind} moved money of this stream.`,
        difference: amount,
      });
  for (const key of strays)
    faults.push({ what: `Entry ${key} posts nothing to this stream's escrow.`, difference: null });
  if (account === null) faults.push({ what: "There is no escrow account.", difference: null });
  else if (recorded.status === "settled" && account.balance !== 0n)
    faults.push({ what: "Settled, and something is left in escrow.", difference: account.balance });
  return faults;
}

function faultsOfChain({ links, account, totals }: Books): ConservationFault[] {
  const faults: ConservationFault[] = [];
  for (const {
    key,
    seq,
    amount,
    sides,
    seqBefore,
    balanceBefore,
    balanceAfter,
    entryHolds,
    linkHolds,
  } of links) {
    const name = key === null ? `Posting ${seq}` : `Entry ${key}`;
    if (sides !== 0n) faults.push({ what: `${name} does not balance.`, difference: sides });
    if (!entryHolds) faults.push({ what: `${name} no longer hashes to what was written.`, difference: null });
    if (seq !== seqBefore + 1n)
      faults.push({ what: `Postings between ${seqBefore} and ${seq} are missing.`, difference: null });
    if (balanceAfter !== balanceBefore + amount)
      faults.push({
        what: `${name} changes the balance by another amount than it posts.`,
        difference: balanceAfter - balanceBefore - amount,
      });
    if (entryHolds && !linkHolds)
      faults.push({ what: `${name} breaks the hash chain of the escrow.`, difference: null });
  }
  const count = BigInt(totals.reduce((total, { count: n }) => total + n, 0));
  if (account && account.nextSeq !== count)
    faults.push({
      what: `The escrow counts ${account.nextSeq} postings, ${count} are there.`,
      difference: null,
    });
  if (account && !account.headHolds && count > 0n)
    faults.push({ what: "The escrow's last hash is not that of its last posting.", difference: null });
  return faults;
}
