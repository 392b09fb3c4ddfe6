"use client";
import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { KIND_NAMES, STATEMENT_KINDS } from "@/lib/domain/statement-kind";
import { paths } from "@/lib/paths";

export type StatementView = { kind: string; fromMs: string; untilMs: string };

/** What of the statement is shown, and the same as a file. Days are the reader's own, both included. */
export function StatementFilters({ kind, fromMs, untilMs }: StatementView) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [wrong, setWrong] = useState<string>();
  const from = useRef<HTMLInputElement>(null);
  const until = useRef<HTMLInputElement>(null);
  /** What was asked for last: the page may still be on its way when the next filter is set. */
  const wanted = useRef<StatementView>({ kind, fromMs, untilMs });

  // Days are the reader's, so the server cannot write them; and a field that is being typed in must not be made anew.
  useEffect(() => {
    wanted.current = { kind, fromMs, untilMs };
    if (from.current) from.current.value = dayOf(fromMs);
    if (until.current) until.current.value = untilMs === "" ? "" : dayOf(String(Number(untilMs) - 1));
  }, [kind, fromMs, untilMs]);

  function show(change: Partial<StatementView>) {
    const view = { ...wanted.current, ...change };
    const backwards =
      view.fromMs !== "" && view.untilMs !== "" && Number(view.fromMs) >= Number(view.untilMs);
    setWrong(backwards ? "The first day must not be after the last." : undefined);
    wanted.current = view;
    if (!backwards) startTransition(() => router.replace(addressOf(paths.wallet, view), { scroll: false }));
  }

  return (
    <search
      aria-busy={pending}
      className={cn("grid grid-cols-2 items-start gap-3 sm:flex sm:flex-wrap", pending && "opacity-80")}
    >
      <Field label="Show" required plain className="max-sm:col-span-2 sm:w-48">
        {(control) => (
          <Select {...control} value={kind} onChange={(event) => show({ kind: event.target.value })}>
            <option value="">Everything</option>
            {STATEMENT_KINDS.map((name) => (
              <option key={name} value={name}>
                {KIND_NAMES[name]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="From" required plain className="sm:w-40">
        {(control) => (
          <Input
            {...control}
            ref={from}
            type="date"
            onChange={(event) => show({ fromMs: startOf(event.target.value, 0) })}
          />
        )}
      </Field>
      <Field label="To" required plain className="sm:w-40">
        {(control) => (
          <Input
            {...control}
            ref={until}
            type="date"
            onChange={(event) => show({ untilMs: startOf(event.target.value, 1) })}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2 max-sm:col-span-2 sm:ml-auto sm:pt-6.5">
        {kind || fromMs || untilMs ? (
          <Button tone="quiet" onClick={() => show({ kind: "", fromMs: "", untilMs: "" })}>
            Show all
          </Button>
        ) : null}
        <Button asChild>
          <a href={addressOf(paths.api.statementCsv, { kind, fromMs, untilMs })} download>
            <Download aria-hidden /> Download CSV
          </a>
        </Button>
      </div>
      {wrong ? (
        <p role="alert" className="col-span-2 w-full text-sm text-stop">
          {wrong}
        </p>
      ) : null}
    </search>
  );
}

function addressOf(path: string, view: StatementView): string {
  const query = new URLSearchParams(Object.entries(view).filter(([, value]) => value !== "")).toString();
  return query ? `${path}?${query}` : path;
}

/** The moment at which a day of the reader's begins, `later` days on; "" for no day. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date + later).getTime();
  return day === "" || !Number.isFinite(at) || at < 0 ? "" : String(at);
}

/** The reader's day of a moment, as a date field writes it. */
function dayOf(ms: string): string {
  if (ms === "") return "";
  const date = new Date(Number(ms));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
