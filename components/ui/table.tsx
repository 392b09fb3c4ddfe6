import type { ComponentProps } from "react";
import { cn } from "./cn";
import { ScrollRegion } from "./scroll-region";

type Props = ComponentProps<"table"> & { label: string };

/** A table that scrolls inside itself when the screen is narrow. */
export function Table({ label, className, ...props }: Props) {
  return (
    <ScrollRegion label={label}>
      <table className={cn("w-full border-collapse text-left text-sm", className)} {...props} />
    </ScrollRegion>
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
