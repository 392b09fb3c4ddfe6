import { cn } from "./cn";
import { ScrollRegion } from "./scroll-region";

type Props = { label: string; text: string; className?: string };

/** Text for machines, such as JSON or a request, line for line as it is. */
export function Preformatted({ label, text, className }: Props) {
  return (
    <ScrollRegion label={label} className={cn("rounded-md bg-sunken p-3 text-xs leading-relaxed", className)}>
      <pre>
        <code>{text}</code>
      </pre>
    </ScrollRegion>
  );
}
