import type { ReactNode } from "react";
import { Skeleton } from "@/components/ui/skeleton";

/** The shape of a page that is on its way: the place of its head, then those of its parts. */
export function PageSkeleton({ children }: { children: ReactNode }) {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-8 w-40 sm:h-9" />
      <Skeleton className="mt-2.5 mb-7 h-5 w-72 max-w-full" />
      <div className="grid gap-5">{children}</div>
    </div>
  );
}
