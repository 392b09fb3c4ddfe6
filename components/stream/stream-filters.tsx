"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useTransition } from "react";
import { cn } from "@/components/ui/cn";
import { Select } from "@/components/ui/select";
import { paths } from "@/lib/paths";

export type StreamFilterValues = { role: string; status: string; provider: string };

type Props = { values: StreamFilterValues; providers: readonly { id: string; name: string }[] };

const menus = [
  {
    name: "role",
    label: "Direction",
    options: [
      ["", "Paid and received"],
      ["sender", "That I pay"],
      ["receiver", "That pay me"],
    ],
  },
  {
    name: "status",
    label: "State",
    options: [
      ["", "Any state"],
      ["open", "Not over"],
      ["active", "Streaming"],
      ["paused", "Paused"],
      ["exhausted", "Deposit empty"],
      ["closing", "Closing"],
      ["settled", "Settled"],
    ],
  },
] as const;

/** Which streams are shown. A GET form: it works before any script runs, and its address can be kept. */
export function StreamFilters({ values, providers }: Props) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const form = useRef<HTMLFormElement>(null);
  const { role, status, provider } = values;

  // A link may change what is shown. The menus stay where they are, so that the keyboard does not lose its place.
  useEffect(() => {
    for (const menu of form.current?.querySelectorAll("select") ?? [])
      menu.value = { role, status, provider }[menu.name] ?? "";
  }, [role, status, provider]);

  function apply(filled: HTMLFormElement) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(filled))
      if (typeof value === "string" && value !== "") query.set(name, value);
    const search = query.toString();
    startTransition(() =>
      router.replace(search ? `${paths.streams}?${search}` : paths.streams, { scroll: false }),
    );
  }

  return (
    <search>
      <form
        ref={form}
        action={paths.streams}
        method="get"
        aria-busy={pending}
        className={cn("grid grid-cols-2 gap-3 sm:flex", pending && "opacity-80")}
        onChange={(event) => apply(event.currentTarget)}
      >
        {menus.map(({ name, label, options }) => (
          <Select key={name} aria-label={label} name={name} defaultValue={values[name]} className="sm:w-44">
            {options.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </Select>
        ))}
        <Select
          aria-label="Provider"
          name="provider"
          defaultValue={values.provider}
          className="max-sm:col-span-2 sm:w-52"
        >
          <option value="">Any provider</option>
          {providers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <noscript>
          <button type="submit">Show</button>
        </noscript>
      </form>
    </search>
  );
}
