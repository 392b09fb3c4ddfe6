import type { ComponentProps } from "react";
import { cn } from "./cn";

type Props = ComponentProps<"table"> & { label: string };

/** A table that scrolls inside itself when the screen is narrow, never the page; the keyboard reaches it too. */
export function Table({ label, className, ...props }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="relative overflow-x-auto">
      <table className={cn("w-full border-collapse text-left text-sm", className)} {...props} />
    </section>
  );
}

export function Th({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn(
        "whitespace-nowrap border-line border-b px-3 py-2 font-medium text-faint text-xs",
        className,
      )}
      {...props}
    />
  );
}

export function Td({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("border-line border-b px-3 py-2.5 align-top", className)} {...props} />;
}
