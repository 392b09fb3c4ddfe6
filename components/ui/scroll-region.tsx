import type { ComponentProps } from "react";
import { cn } from "./cn";

type Props = ComponentProps<"section"> & {
  /** What it holds, for those who come to it by keyboard and do not see it. */
  label: string;
};

/** A part that scrolls inside itself when it is too big, never the page; the keyboard reaches it too. */
export function ScrollRegion({ label, className, ...props }: Props) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={cn("relative overflow-auto", className)}
      {...props}
    />
  );
}
