"use client";
import { X } from "lucide-react";
import Link from "next/link";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { COMPARE_MAX } from "@/lib/domain/compare-ids";
import { paths } from "@/lib/paths";

type Selection = { ids: readonly string[]; toggle: (id: string) => void };
const SelectionContext = createContext<Selection | null>(null);

/** Providers picked to be compared. They stay picked while the list is searched and filtered. */
export function CompareSelection({ children }: { children: ReactNode }) {
  const [ids, setIds] = useState<readonly string[]>([]);
  const selection = useMemo<Selection>(
    () => ({
      ids,
      toggle: (id) =>
        setIds((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id])),
    }),
    [ids],
  );
  return (
    <SelectionContext.Provider value={selection}>
      {children}
      {ids.length > 0 ? (
        <section
          aria-label="Compare"
          className="sticky bottom-4 z-20 mx-auto mt-6 flex w-fit max-w-full animate-appear items-center gap-3 rounded-full border border-line-strong bg-card py-2 pr-2 pl-5 shadow-over"
        >
          <p className="text-sm tabular-nums" role="status">
            {ids.length} of {COMPARE_MAX} picked
          </p>
          <Button asChild tone="flow" size="sm" className="rounded-full">
            <Link href={paths.compare(ids)}>Compare</Link>
          </Button>
          <Button
            tone="quiet"
            size="icon"
            className="size-8 rounded-full"
            aria-label="Pick none"
            onClick={() => setIds([])}
          >
            <X aria-hidden />
          </Button>
        </section>
      ) : null}
    </SelectionContext.Provider>
  );
}

/** Picks one provider. The checkbox belongs to a form, which compares the picked ones where no script runs. */
export function CompareToggle({ id, name }: { id: string; name: string }) {
  const selection = useContext(SelectionContext);
  if (!selection) throw new Error("CompareToggle outside CompareSelection");
  const picked = selection.ids.includes(id);
  return (
    <label className="relative z-10 -my-1 -mr-1.5 flex min-h-7 cursor-pointer items-center gap-2 rounded-md px-1.5 text-soft text-xs hover:text-ink has-disabled:cursor-not-allowed has-disabled:opacity-55">
      <input
        type="checkbox"
        form={COMPARE_FORM}
        name="ids"
        value={id}
        checked={picked}
        disabled={!picked && selection.ids.length >= COMPARE_MAX}
        onChange={() => selection.toggle(id)}
        className="size-4 accent-flow"
      />
      <span aria-hidden>Compare</span>
      <span className="sr-only">Compare {name}</span>
    </label>
  );
}

export const COMPARE_FORM = "compare-providers";
