import { Skeleton } from "@/components/ui/skeleton";

/** The shape of the stream that is coming. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-9 w-64" />
      <Skeleton className="mt-2.5 h-5 w-36" />
      <div className="mt-6 grid grid-cols-1 gap-5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <div className="grid content-start gap-5">
          <Skeleton className="h-64 rounded-xl" />
          <Skeleton className="h-10 w-96 max-w-full" />
          <Skeleton className="h-80 rounded-xl" />
          <Skeleton className="h-44 rounded-xl" />
        </div>
        <div className="grid content-start gap-5">
          <Skeleton className="h-56 rounded-xl" />
          <Skeleton className="h-72 rounded-xl" />
          <Skeleton className="h-80 rounded-xl" />
        </div>
      </div>
    </div>
  );
}
