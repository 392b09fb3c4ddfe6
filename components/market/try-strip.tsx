import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import type { FirstSteps } from "@/lib/market/get-first-steps";
import { StepMark } from "./step-mark";

type Props = { steps: FirstSteps; href: string; service: string };

/** The way of a first visit, seen from the market: what is done, and the button that goes on from there. */
export function TryStrip({ steps, href, service }: Props) {
  const all = [
    { text: "Get a demo wallet with play money", done: steps.signedIn },
    { text: "Open a stream", done: steps.opened },
    { text: `Get an answer from ${service}`, done: steps.answered },
  ];
  const current = all.findIndex(({ done }) => !done);
  return (
    <section
      aria-label="Try it"
      className="mt-5 flex flex-wrap items-center gap-x-8 gap-y-4 rounded-2xl border border-flow/50 bg-flow-wash/55 px-5 py-4"
    >
      <ol className="flex min-w-0 flex-1 flex-wrap gap-x-8 gap-y-2.5">
        {all.map(({ text, done }, index) => (
          <li key={text} className="flex items-center gap-2.5 text-sm">
            <StepMark number={index + 1} done={done} current={index === current} />
            <span className={done ? "text-soft" : "font-medium"}>{text}</span>
          </li>
        ))}
      </ol>
      <Button asChild tone="flow" className="max-sm:w-full">
        <Link href={href}>
          {current === 0 ? "Try it now" : "Go on"} <ArrowRight aria-hidden />
        </Link>
      </Button>
    </section>
  );
}
