import { Link2Off, RefreshCw, SlidersHorizontal } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/cn";
import { paths } from "@/lib/paths";

export type Choice = "demo" | "control" | "own";

const choices = [
  {
    id: "demo",
    icon: RefreshCw,
    title: "A day with automatic top-up",
    text: "Three streams, 103 calls. A rule adds 4 h of flow whenever less than 1 h is left. Nobody is turned away.",
  },
  {
    id: "control",
    icon: Link2Off,
    title: "The same day on the first deposit",
    text: "No rule and no top-up: the streams run dry after 4 h, and later calls are denied. Nothing is owed.",
  },
  {
    id: "own",
    icon: SlidersHorizontal,
    title: "A scenario of your own",
    text: "Up to 20 streams, 5,000 calls and 31 days, at the prices, limits and rules that you choose.",
  },
] as const satisfies readonly { id: Choice; title: string; text: string; icon: unknown }[];

/** What may be played. The choice is in the address, so that it can be shared. */
export function Choices({ chosen }: { chosen: Choice }) {
  return (
    <nav aria-label="Scenarios">
      <ul className="grid gap-3 md:grid-cols-3">
        {choices.map(({ id, icon: Icon, title, text }) => (
          <li key={id}>
            <Link
              href={`${paths.simulator}?preset=${id}`}
              scroll={false}
              aria-current={id === chosen ? "page" : undefined}
              className={cn(
                "flex h-full gap-3 rounded-xl border p-4 transition-colors",
                id === chosen
                  ? "border-flow bg-flow-wash"
                  : "border-line bg-card shadow-card hover:border-line-strong",
              )}
            >
              <Icon
                className={cn("mt-0.5 size-4 shrink-0", id === chosen ? "text-flow-strong" : "text-faint")}
                aria-hidden
              />
              <span>
                <span className="block font-medium">{title}</span>
                <span className="mt-0.5 block text-pretty text-sm text-soft">{text}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
