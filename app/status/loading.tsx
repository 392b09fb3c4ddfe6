import { Skeleton } from "@/components/ui/skeleton";

/** The places of the panels while the first figures are on their way. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="mb-6 h-9 w-40" />
      <Skeleton className="h-20 w-full rounded-xl" />
      <div className="mt-5 grid grid-cols-1 gap-5 lg:grid-cols-2">
        <Skeleton className="h-80 w-full rounded-xl" />
        <Skeleton className="h-80 w-full rounded-xl" />
      </div>
    </div>
  );
}
