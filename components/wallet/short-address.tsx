import { cn } from "@/components/ui/cn";

/** An address that fits a line; the whole one on hover and for screen readers. */
export function ShortAddress({ address, className }: { address: string; className?: string }) {
  return (
    <span title={address} className={cn("font-mono text-[0.92em]", className)}>
      <span aria-hidden>
        {address.slice(0, 6)}…{address.slice(-4)}
      </span>
      <span className="sr-only">{address}</span>
    </span>
  );
}
