import { cva, type VariantProps } from "class-variance-authority";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

const noticeStyle = cva("flex gap-3 rounded-lg border px-4 py-3 text-sm", {
  variants: {
    tone: {
      info: "border-line bg-sunken text-ink",
      good: "border-flow/40 bg-flow-wash text-ink",
      warn: "border-warn/40 bg-warn-wash text-ink",
      stop: "border-stop/40 bg-stop-wash text-ink",
    },
  },
  defaultVariants: { tone: "info" },
});
const icons = { info: Info, good: CircleCheck, warn: TriangleAlert, stop: CircleAlert };
const iconTones = { info: "text-soft", good: "text-flow-strong", warn: "text-warn", stop: "text-stop" };

type Props = Omit<ComponentProps<"div">, "title"> & VariantProps<typeof noticeStyle> & { title?: ReactNode };

/** A remark that the reader should see before going on. Refusals are announced at once. */
export function Notice({ tone, title, className, children, ...props }: Props) {
  const Icon = icons[tone ?? "info"];
  return (
    <div
      role={tone === "stop" ? "alert" : "status"}
      className={cn(noticeStyle({ tone }), className)}
      {...props}
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", iconTones[tone ?? "info"])} aria-hidden />
      <div className="min-w-0 flex-1">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="text-soft [&_strong]:text-ink">{children}</div> : null}
      </div>
    </div>
  );
}
