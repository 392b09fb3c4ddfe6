import type { ReactNode } from "react";

type Props = { title: ReactNode; lead?: ReactNode; aside?: ReactNode };

/** The first thing on a page: what it is about, in one line and one sentence. */
export function PageHead({ title, lead, aside }: Props) {
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="font-semibold text-2xl tracking-tight sm:text-3xl">{title}</h1>
        {lead ? <div className="mt-1.5 max-w-2xl text-pretty text-soft">{lead}</div> : null}
      </div>
      {aside}
    </div>
  );
}
