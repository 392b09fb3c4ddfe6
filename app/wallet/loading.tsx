import { Skeleton } from "@/components/ui/skeleton";

/** The shape of the wallet that is coming. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-9 w-36" />
      <Skeleton className="mt-3 h-5 w-40" />
      <div className="mt-7 grid gap-5 sm:grid-cols-2">
        <Skeleton className="h-32 rounded-xl" />
        <Skeleton className="h-32 rounded-xl" />
      </div>
      <Skeleton className="mt-5 h-96 rounded-xl" />
    </div>
  );
}
