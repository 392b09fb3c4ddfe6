import { Skeleton } from "@/components/ui/skeleton";

const rows = ["a", "b", "c"];

/** The shape of the list that is coming. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-9 w-40" />
      <div className="mt-8 grid gap-3">
        {rows.map((row) => (
          <Skeleton key={row} className="h-24 rounded-xl" />
        ))}
      </div>
    </div>
  );
}
