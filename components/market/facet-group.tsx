"use client";
import { type ReactNode, useState } from "react";
import type { Facet } from "@/lib/domain/market-facet";
import type { FacetCount } from "@/lib/market/get-market-facets";
import { facetNames, facetValueName } from "./facet-name";

/** A longer list is cut here; the rest is one click away. */
const SHOWN = 8;

type Props = {
  facet: Facet;
  counts: readonly FacetCount[];
  chosen: readonly string[];
  onToggle: (value: string) => void;
  /** A control that belongs to the whole facet. */
  children?: ReactNode;
};

/** The values of one facet as checkboxes, each with how many providers it would show. */
export function FacetGroup({ facet, counts, chosen, onToggle, children }: Props) {
  const [all, setAll] = useState(false);
  const gone = chosen.filter((value) => counts.every((count) => count.value !== value));
  const values = [...gone.map((value) => ({ value, providers: 0 })), ...counts];
  const shown = all ? values : values.filter(({ value }, index) => index < SHOWN || chosen.includes(value));
  if (values.length === 0) return null;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">{facetNames[facet]}</legend>
      {children}
      <ul>
        {shown.map(({ value, providers }) => (
          <li key={value}>
            <label className="flex min-h-7 cursor-pointer items-center gap-2.5 rounded-md py-0.5 text-sm text-soft hover:text-ink has-checked:text-ink">
              <input
                type="checkbox"
                name={facet}
                value={value}
                checked={chosen.includes(value)}
                onChange={() => onToggle(value)}
                className="size-4 shrink-0 accent-flow"
              />
              <span className="min-w-0 flex-1 truncate">{facetValueName(facet, value)}</span>
              <span className="text-faint text-xs tabular-nums">
                {providers.toLocaleString("en")}
                <span className="sr-only"> {providers === 1 ? "provider" : "providers"}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {values.length > SHOWN ? (
        <button
          type="button"
          aria-expanded={all}
          onClick={() => setAll(!all)}
          className="mt-1 min-h-6 rounded text-flow-strong text-xs underline-offset-4 hover:underline"
        >
          {all ? "Show fewer" : `Show all ${values.length}`}
        </button>
      ) : null}
    </fieldset>
  );
}
