type Props = { done: number; of: number };

/** How many of many are done: said, and drawn. */
export function ProgressBar({ done, of }: Props) {
  return (
    <div role="status" className="grid gap-1.5 text-sm text-soft">
      {done.toLocaleString("en")} of {of.toLocaleString("en")}
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-line">
        <div
          className="size-full origin-left bg-flow transition-transform"
          style={{ transform: `scaleX(${of === 0 ? 0 : done / of})` }}
        />
      </div>
    </div>
  );
}
