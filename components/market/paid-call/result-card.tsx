import Link from "next/link";
import type { ReactNode } from "react";
import { receiptAmount } from "@/components/receipt/receipt-amount";
import { humanise, isObject } from "@/components/schema-form/form-field";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Preformatted } from "@/components/ui/preformatted";
import { paths } from "@/lib/paths";
import { ReceiptCheck } from "./receipt-check";
import { isTable, RowsTable } from "./rows-table";

type Props = {
  service: string;
  value: unknown;
  /** The body as it came, which the receipt's digest is of; null for a stream of events. */
  body: string | null;
  receipt: Record<string, unknown> | null;
};

/** Members that many services share; they get a place of their own below the result. */
const asides = new Set(["interpretation", "disclaimer", "source", "sources", "formula", "inputsUsed"]);

/** A result as people read it: the figures first, what they mean, then where they come from. */
export function ResultCard({ service, value, body, receipt }: Props) {
  const answer = isObject(value) ? value : { answer: value };
  const members = Object.entries(answer).filter(([name]) => !asides.has(name));
  // What was sent is no result, even when it comes back.
  const sent = isObject(answer.inputsUsed) ? answer.inputsUsed : {};
  const [headline] = members.filter(([name, member]) => typeof member === "number" && !(name in sent));
  const tables = members.filter(([, member]) => isTable(member));
  const lines = members.filter((member) => member !== headline && !tables.includes(member));
  const meaning = isObject(answer.interpretation) ? answer.interpretation.meaning : undefined;

  return (
    <Card aria-label="Result" className="overflow-hidden border-flow/50">
      <CardHeader>
        <CardTitle>{service}</CardTitle>
        {typeof receipt?.requestId === "string" ? (
          <Link
            href={paths.receipt(receipt.requestId)}
            className="text-sm underline underline-offset-4 hover:text-flow"
          >
            Receipt
          </Link>
        ) : null}
      </CardHeader>
      <CardBody className="grid gap-4">
        {headline ? (
          <p>
            <span className="figure font-semibold text-5xl">{String(headline[1])}</span>
            <span className="ml-2 text-soft">{humanise(headline[0])}</span>
          </p>
        ) : null}
        {typeof meaning === "string" ? <p className="font-medium">{meaning}</p> : null}
        {tables.map(([name, rows]) => (
          <RowsTable key={name} label={humanise(name)} rows={rows as Record<string, unknown>[]} />
        ))}
        <Members members={lines} />
        <Grounds formula={answer.formula} sources={answer.source ?? answer.sources} />
        {typeof answer.disclaimer === "string" ? (
          <p className="text-faint text-xs">{answer.disclaimer}</p>
        ) : null}
        {receipt ? (
          <div className="grid gap-3 border-line border-t pt-3">
            <PaidLine receipt={receipt} />
            <ReceiptCheck receipt={receipt} answer={body} />
          </div>
        ) : null}
        <details>
          <summary className="text-sm text-soft">The whole answer as JSON</summary>
          <Preformatted
            label="The whole answer as JSON"
            text={JSON.stringify(value, null, 2)}
            className="mt-2 max-h-80"
          />
        </details>
      </CardBody>
    </Card>
  );
}

/** What the receipt says about money: in time the flow pays, so a call by itself often costs nothing more. */
function PaidLine({ receipt }: { receipt: Record<string, unknown> }) {
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm tabular-nums">
      <Pair label="Streamed so far">
        {receiptAmount(receipt, "streamed")} {String(receipt.asset)}
      </Pair>
      <Pair label="This call on top">{receiptAmount(receipt, "price")}</Pair>
      <Pair label="Left in the stream">{receiptAmount(receipt, "remaining")}</Pair>
    </dl>
  );
}

function Members({ members }: { members: [string, unknown][] }) {
  if (members.length === 0) return null;
  return (
    <dl className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
      {members.map(([name, member]) => (
        <Pair key={name} label={humanise(name)}>
          {shortText(member)}
        </Pair>
      ))}
    </dl>
  );
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-baseline justify-between gap-3 sm:justify-start">
      <dt className="text-faint text-xs">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** How the result came about, for whoever wants to check it. */
function Grounds({ formula, sources }: { formula: unknown; sources: unknown }) {
  const listed = Array.isArray(sources) && sources.some(isObject);
  if (typeof formula !== "string" && !listed) return null;
  return (
    <details>
      <summary className="text-sm text-soft">
        {typeof formula === "string" && listed ? "Formula and sources" : listed ? "Sources" : "Formula"}
      </summary>
      <div className="mt-2 grid gap-2">
        {typeof formula === "string" ? (
          <p className="break-words font-mono text-soft text-xs">{formula}</p>
        ) : null}
        <Sources value={sources} />
      </div>
    </details>
  );
}

function Sources({ value }: { value: unknown }) {
  const sources = Array.isArray(value) ? value.filter(isObject) : [];
  if (sources.length === 0) return null;
  return (
    <ul aria-label="Sources" className="grid gap-1 text-faint text-xs">
      {sources.map((source) => {
        const url = typeof source.url === "string" && source.url.startsWith("https://") ? source.url : null;
        const citation = String(source.citation ?? "");
        return (
          <li key={citation}>
            {url ? (
              <a
                href={url}
                rel="noreferrer"
                target="_blank"
                className="underline underline-offset-2 hover:text-ink"
              >
                {citation}
              </a>
            ) : (
              citation
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** One line for any member; what is nested is summed up, the JSON below has it all. */
function shortText(member: unknown): string {
  if (member === null) return "none";
  if (typeof member === "boolean") return member ? "yes" : "no";
  if (Array.isArray(member)) return member.length === 0 ? "none" : member.map(shortText).join("; ");
  if (isObject(member))
    return Object.entries(member)
      .map(([name, part]) => `${humanise(name)} ${shortText(part)}`)
      .join(", ");
  return String(member);
}
