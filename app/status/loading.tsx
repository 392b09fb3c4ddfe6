import { PageSkeleton } from "@/components/layout/page-skeleton";
import { Skeleton } from "@/components/ui/skeleton";

/** The verdict, and the panels below it. */
export default function Loading() {
  return (
    <PageSkeleton>
      <Skeleton className="h-20 rounded-xl" />
      <div className="grid gap-5 lg:grid-cols-2">
        <Skeleton className="h-80 rounded-xl" />
        <Skeleton className="h-80 rounded-xl" />
      </div>
    </PageSkeleton>
  );
}
