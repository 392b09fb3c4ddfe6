import type { ComponentProps } from "react";
import { cn } from "./cn";

export const inputStyle =
  "h-10 w-full rounded-md border border-line-strong/70 bg-card px-3 text-sm text-ink placeholder:text-faint hover:border-line-strong focus-visible:border-flow disabled:opacity-55 aria-invalid:border-stop";

/** A text field. Give it a label: `Field` does. */
export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(inputStyle, className)} {...props} />;
}
