import type { ComponentProps } from "react";
import { cn } from "./cn";

/** The place of something that is on its way, in its size, so that nothing moves when it comes. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return <div aria-hidden className={cn("animate-breathe rounded-md bg-line", className)} {...props} />;
}
