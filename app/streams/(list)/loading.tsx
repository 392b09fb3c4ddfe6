import { PageSkeleton } from "@/components/layout/page-skeleton";
import { Skeleton } from "@/components/ui/skeleton";

/** The sums, the filters, and the list. */
export default function Loading() {
  return (
    <PageSkeleton>
      <Skeleton className="h-42 rounded-xl lg:h-21" />
      <Skeleton className="h-23 sm:h-10" />
      <Skeleton className="h-96 rounded-xl" />
    </PageSkeleton>
  );
}
