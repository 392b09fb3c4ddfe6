import { PageSkeleton } from "@/components/layout/page-skeleton";
import { Skeleton } from "@/components/ui/skeleton";

/** What the account holds, and the statement. */
export default function Loading() {
  return (
    <PageSkeleton>
      <div className="grid gap-5 sm:grid-cols-2">
        <Skeleton className="h-32 rounded-xl" />
        <Skeleton className="h-32 rounded-xl" />
      </div>
      <Skeleton className="h-96 rounded-xl" />
    </PageSkeleton>
  );
}
