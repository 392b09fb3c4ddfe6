import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { type Books, judgeConservation } from "@/lib/ledger/judge-conservation";
import { ConservationCard } from "./conservation-card";

const TOKEN = 10n ** 18n;

/** 5 in, 2 paid, 3 in escrow. */
const books: Books = {
  recorded: { status: "active", funded: 5n * TOKEN, billed: 2n * TOKEN, refunded: 0n, topUps: 0, bills: 1 },
  account: { balance: 3n * TOKEN, nextSeq: 2n, headHolds: true },
  totals: [
    { kind: "deposit", amount: 5n * TOKEN, count: 1 },
    { kind: "collect", amount: -2n * TOKEN, count: 1 },
  ],
  strays: [],
  links: [
    {
      seq: 1n,
      key: "bill:str_1:0",
      kind: "collect",
      atMs: 1_795_136_400_000n,
      amount: -2n * TOKEN,
      balanceBefore: 5n * TOKEN,
      balanceAfter: 3n * TOKEN,
      seqBefore: 0n,
      sides: 0n,
      entryHolds: true,
      linkHolds: true,
    },
    {
      seq: 0n,
      key: "open:str_1",
      kind: "deposit",
      atMs: 1_795_132_800_000n,
      amount: 5n * TOKEN,
      balanceBefore: 0n,
      balanceAfter: 5n * TOKEN,
      seqBefore: -1n,
      sides: 0n,
      entryHolds: true,
      linkHolds: true,
    },
  ],
};

function shown(given: Books): string {
  const view = { streamId: "str_1", asset: LEDGER_ASSET, serverNowMs: 0n, ...judgeConservation(given) };
  return renderToStaticMarkup(<ConservationCard books={view} />)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
}

test("given books that add up, each term is shown with its entries, and nothing is red", () => {
  const text = shown(books);
  expect(text).toContain("Adds up");
  expect(text).toContain("2 entries of this stream’s escrow, each hashed again");
  expect(text).toMatch(/Put in 1 entry 5\.000000000 .*= Paid 1 entry 2\.000000000/);
  expect(text).toMatch(
    /Returned 0\.000000000 \+ Fees none on this rail 0\.000000000 \+ In escrow 3\.000000000/,
  );
  expect(text).not.toContain("changed");
});

test("given a deposit that was raised by one base unit, it is red and says the difference to the last digit", () => {
  const text = shown({ ...books, recorded: { ...books.recorded, funded: 5n * TOKEN + 1n } });
  expect(text).toContain("Does not add up");
  expect(text).toContain(
    "The stream&#x27;s row differs from its journal in what was put in. + 0.000000000000000001 USDCx",
  );
});

test("given an entry that no longer hashes to what was written, it is named though every sum is right", () => {
  const links = books.links.map((link) => (link.kind === "collect" ? { ...link, entryHolds: false } : link));
  const text = shown({ ...books, links });
  expect(text).toContain("Does not add up");
  expect(text).toContain("Entry bill:str_1:0 no longer hashes to what was written.");
  expect(text).not.toContain("They differ by");
});

test("given an escrow that was emptied, the books differ by what is gone", () => {
  const text = shown({ ...books, account: { balance: 0n, nextSeq: 2n, headHolds: true } });
  expect(text).toContain("They differ by + 3.000000000000000000 USDCx");
});

test("given amounts of thirds, the terms that are shown add up to the total that is shown", () => {
  const [put, paid] = [5_000_000_001_999_999_999n, 2_000_000_000_999_999_999n];
  const text = shown({
    ...books,
    recorded: { ...books.recorded, funded: put, billed: paid },
    account: { balance: put - paid, nextSeq: 2n, headHolds: true },
    totals: [
      { kind: "deposit", amount: put, count: 1 },
      { kind: "collect", amount: -paid, count: 1 },
    ],
  });
  // 2.000000000|999… and 3.000000001|000… are cut to 2.000000000 and 3.000000001.
  expect(text).toMatch(/Put in 1 entry 5\.000000001 .*Paid 1 entry 2\.000000000 .*In escrow 3\.000000001/);
});
