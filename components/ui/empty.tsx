import type { ReactNode } from "react";

type Props = { title: string; children: ReactNode; action?: ReactNode };

/** Nothing here yet: what would be here, and the one step that leads to it. */
export function Empty({ title, children, action }: Props) {
  return (
    <div className="rounded-xl border border-line-strong/50 border-dashed px-6 py-12 text-center">
      <h2 className="font-semibold text-lg">{title}</h2>
      <div className="mx-auto mt-2 max-w-md text-soft text-sm">{children}</div>
      {action ? <div className="mt-5 flex flex-wrap justify-center gap-3">{action}</div> : null}
    </div>
  );
}
