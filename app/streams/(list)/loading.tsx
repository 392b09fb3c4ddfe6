import { Skeleton } from "@/components/ui/skeleton";

/** The shape of the list that is coming. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-9 w-40" />
      <Skeleton className="mt-3 h-5 w-72 max-w-full" />
      <div className="mt-7 grid gap-5">
        <Skeleton className="h-42 rounded-xl lg:h-21" />
        <Skeleton className="h-23 sm:h-10" />
        <Skeleton className="h-96 rounded-xl" />
      </div>
    </div>
  );
}
