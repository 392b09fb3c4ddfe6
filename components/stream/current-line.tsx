import { cn } from "@/components/ui/cn";

/** Money in motion, as a line: it drifts from sender to receiver, and stands still when the stream does. */
export function CurrentLine({ moving, className }: { moving: boolean; className?: string }) {
  return <div aria-hidden className={cn("current h-1 rounded-full", moving || "current-still", className)} />;
}
