import { Skeleton } from "@/components/ui/skeleton";

const cards = ["a", "b", "c", "d", "e", "f"];

/** The shape of what is coming. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_27rem]">
        <div className="py-2">
          <Skeleton className="h-12 w-80 max-w-full" />
          <Skeleton className="mt-5 h-24 max-w-xl" />
        </div>
        <Skeleton className="h-52 rounded-2xl" />
      </div>
      <div className="mt-12 grid gap-x-8 gap-y-5 lg:grid-cols-[13.5rem_minmax(0,1fr)]">
        <Skeleton className="h-10 lg:h-96" />
        <div className="grid content-start gap-4 md:grid-cols-2 xl:grid-cols-3">
          {cards.map((card) => (
            <Skeleton key={card} className="h-64 rounded-xl" />
          ))}
        </div>
      </div>
    </div>
  );
}
