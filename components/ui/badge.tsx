import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const badgeStyle = cva("inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 font-medium text-xs", {
  variants: {
    tone: {
      plain: "border border-line bg-sunken text-soft",
      flow: "bg-flow-wash text-flow-strong",
      warn: "bg-warn-wash text-warn",
      stop: "bg-stop-wash text-stop",
    },
  },
  defaultVariants: { tone: "plain" },
});

type Props = ComponentProps<"span"> & VariantProps<typeof badgeStyle>;

/** A short fact beside a name: a state, a capability, a tier. */
export function Badge({ className, tone, ...props }: Props) {
  return <span className={cn(badgeStyle({ tone }), className)} {...props} />;
}
