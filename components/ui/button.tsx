import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        flow: "bg-flow text-flow-ink hover:bg-flow-strong",
        plain: "border border-line-strong/60 bg-card text-ink hover:border-line-strong hover:bg-sunken",
        quiet: "text-soft hover:bg-sunken hover:text-ink",
        stop: "border border-stop/50 bg-card text-stop hover:bg-stop-wash",
      },
      size: {
        sm: "h-8 px-3 text-sm",
        md: "h-10 px-4 text-sm",
        lg: "h-12 px-6 text-base",
        icon: "size-9",
      },
    },
    defaultVariants: { tone: "plain", size: "md" },
  },
);

type Props = ComponentProps<"button"> &
  VariantProps<typeof buttonStyle> & { asChild?: boolean; busy?: boolean };

/** A button. While `busy` it keeps its label and its width's worth of meaning, and takes no second click. */
export function Button({ className, tone, size, asChild, busy, children, ...props }: Props) {
  const style = cn(buttonStyle({ tone, size }), className);
  if (asChild)
    return (
      <Slot.Root className={style} {...props}>
        {children}
      </Slot.Root>
    );
  return (
    <button type="button" className={style} aria-busy={busy} {...props} disabled={busy || props.disabled}>
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : null}
      {children}
    </button>
  );
}
