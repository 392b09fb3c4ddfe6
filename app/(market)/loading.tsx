import { Skeleton } from "@/components/ui/skeleton";

const cards = ["a", "b", "c"];

/** The shape of what is coming. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-9 w-56" />
      <Skeleton className="mt-3 h-5 w-80 max-w-full" />
      <div className="mt-8 grid gap-4 md:grid-cols-2 lg:grid-cols-3">
        {cards.map((card) => (
          <Skeleton key={card} className="h-56 rounded-xl" />
        ))}
      </div>
    </div>
  );
}
