import { CopyButton } from "./copy-button";
import { ScrollRegion } from "./scroll-region";

type Props = { title: string; code: string };

/** Code to copy, with its name above it. */
export function CodeBlock({ title, code }: Props) {
  return (
    <figure className="overflow-hidden rounded-xl border border-line bg-card shadow-card">
      <figcaption className="flex items-center justify-between gap-3 border-line border-b bg-sunken/60 py-1 pr-2 pl-4">
        <span className="caption">{title}</span>
        <CopyButton text={code} label={`Copy: ${title}`} />
      </figcaption>
      <ScrollRegion label={title} className="p-4 text-xs leading-relaxed">
        <pre>
          <code>{code}</code>
        </pre>
      </ScrollRegion>
    </figure>
  );
}
