type Props = {
  /** True where there is no room for the name on a narrow screen. */
  markOnNarrow?: boolean;
};

/** The mark: three currents, the middle one ahead. */
export function Brand({ markOnNarrow = false }: Props) {
  return (
    <span className="flex items-center gap-2.5 font-semibold text-[15px] tracking-tight">
      <svg viewBox="0 0 24 24" className="size-6" aria-hidden="true">
        <rect width="24" height="24" rx="6" className="fill-ink" />
        <g strokeWidth="2.2" strokeLinecap="round" className="stroke-paper">
          <path d="M6 7.6h6.5" opacity=".55" />
          <path d="M6 16.4h4.5" opacity=".55" />
        </g>
        <path d="M6 12h12" strokeWidth="2.6" strokeLinecap="round" stroke="oklch(0.78 0.12 188)" />
      </svg>
      <span className={markOnNarrow ? "max-sm:hidden" : undefined}>Superstream</span>
    </span>
  );
}
