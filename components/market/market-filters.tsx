"use client";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useId, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { Category } from "@/lib/market/categories";
import { paths } from "@/lib/paths";
import { categoryName } from "./category-name";

export type MarketFilterValues = { search: string; capability: string; category: string; sort: string };

type Props = {
  values: MarketFilterValues;
  capabilities: readonly string[];
  categories: readonly { id: Category; providers: number }[];
};

/** Search and filters. They are a GET form, so they work before any script runs, and the address can be shared. */
export function MarketFilters({ values, capabilities, categories }: Props) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const id = useId();

  function apply(form: HTMLFormElement) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form))
      if (typeof value === "string" && value !== "") query.set(name, value);
    const search = query.toString();
    startTransition(() =>
      router.replace(search ? `${paths.market}?${search}` : paths.market, { scroll: false }),
    );
  }

  return (
    <search>
      <form
        action={paths.market}
        method="get"
        aria-busy={pending}
        className={cn(
          "grid grid-cols-2 items-end gap-3 sm:grid-cols-[minmax(0,1fr)_10rem_12rem_9rem_auto]",
          pending && "opacity-80",
        )}
        onSubmit={(event) => {
          event.preventDefault();
          apply(event.currentTarget);
        }}
      >
        <div className="relative col-span-2 sm:col-span-1">
          <label htmlFor={`${id}-search`} className="sr-only">
            Search providers
          </label>
          <Search className="pointer-events-none absolute top-3 left-3 size-4 text-faint" aria-hidden />
          <Input
            id={`${id}-search`}
            type="search"
            name="search"
            placeholder="Search providers"
            defaultValue={values.search}
            maxLength={100}
            className="pl-9"
          />
        </div>
        <Filter label="Capability" name="capability" value={values.capability} onPick={apply}>
          <option value="">Any capability</option>
          {capabilities.map((capability) => (
            <option key={capability} value={capability}>
              {capability}
            </option>
          ))}
        </Filter>
        <Filter label="Category" name="category" value={values.category} onPick={apply}>
          <option value="">Any category</option>
          {categories.map((category) => (
            <option key={category.id} value={category.id}>
              {categoryName(category.id)}
            </option>
          ))}
        </Filter>
        <Filter label="Order" name="sort" value={values.sort} onPick={apply}>
          <option value="">By name</option>
          <option value="price">Cheapest</option>
          <option value="newest">Newest</option>
        </Filter>
        <Button type="submit" className="max-sm:col-span-1">
          Search
        </Button>
      </form>
    </search>
  );
}

type FilterProps = {
  label: string;
  name: string;
  value: string;
  onPick: (form: HTMLFormElement) => void;
  children: ReactNode;
};

function Filter({ label, name, value, onPick, children }: FilterProps) {
  return (
    <Select
      aria-label={label}
      name={name}
      defaultValue={value}
      onChange={(event) => {
        if (event.currentTarget.form) onPick(event.currentTarget.form);
      }}
    >
      {children}
    </Select>
  );
}
