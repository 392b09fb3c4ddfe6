import { CopyButton } from "./copy-button";

type Props = { title: string; code: string };

/** Code to copy: it scrolls inside itself, and the keyboard reaches it. */
export function CodeBlock({ title, code }: Props) {
  return (
    <figure className="overflow-hidden rounded-xl border border-line bg-card shadow-card">
      <figcaption className="flex items-center justify-between gap-3 border-line border-b bg-sunken/60 py-1 pr-2 pl-4">
        <span className="caption">{title}</span>
        <CopyButton text={code} label={`Copy: ${title}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto p-4 text-xs leading-relaxed">
        <code>{code}</code>
      </pre>
    </figure>
  );
}
