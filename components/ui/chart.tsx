"use client";
import { useEffect, useId, useRef, useState } from "react";
import { cn } from "./cn";
import type { Plot, PlotData } from "./draw-plot";

/** A colour of the palette, by its name in `globals.css`; it follows the reader's light or dark. */
export type ChartTone = "flow" | "ink" | "soft" | "faint" | "warn" | "stop";

export type ChartSeries = {
  label: string;
  tone: ChartTone;
  /** In order of `x`. `x` is ms since 1970 (or any number with `time={false}`); `y` a number for drawing only; null is a gap. */
  points: readonly { readonly x: number; readonly y: number | null }[];
  /** `line` by default. `step` keeps a value until the next point; `bars` stand on zero. */
  shape?: "line" | "step" | "bars" | "dots";
  /** Tints the area under the line. */
  fill?: boolean;
  /** Dashes say: expected, not measured. */
  dashed?: boolean;
};

/** Something that happened at `x`: a dashed vertical line. With `toX` it is a shaded span. */
export type ChartMark = { x: number; toX?: number; label: string; tone: ChartTone };

export type ChartProps = {
  /** What is drawn, as a sentence: the name for those who do not see it. */
  label: string;
  series: readonly ChartSeries[];
  marks?: readonly ChartMark[];
  /** Height of the drawing in px, kept free from the first byte on; 240 by default. */
  height?: number;
  /** False when `x` is not a moment. */
  time?: boolean;
  /** Short text of an x on the axis, and in full for the reading and the table. The reader's zone by default. */
  formatX?: (x: number, full: boolean) => string;
  /** Text of a y on the axis (`full` false) and in the reading. Digits grouped by default. */
  formatY?: (y: number, full: boolean) => string;
  /** Bounds of the value axis; it begins at 0 and ends above the highest value by default. */
  yMin?: number;
  yMax?: number;
  className?: string;
};

/** Rows of the table that stands for the drawing; more are thinned out evenly. */
const TABLE_ROWS_MAX = 60;

/**
 * Lines, steps or bars over time, drawn by uPlot, which is loaded when the first chart is on its way. The pointer or the
 * arrow keys read single values. Functions cannot cross from a server component: give formatters from a client one.
 */
export function Chart({ label, series, marks = [], height = 240, className, ...rest }: ChartProps) {
  const { time = true, formatY = numberText, yMin, yMax } = rest;
  const formatX = rest.formatX ?? (time ? timeText(series) : numberText);
  const [mounted, setMounted] = useState(false);
  const noteId = useId();
  useEffect(() => setMounted(true), []);

  const shown = { series, marks, time, formatX, formatY, yMin, yMax };
  /** What needs another drawing, not only other figures in it. */
  const structure = JSON.stringify([
    series.map(({ label, tone, shape, fill, dashed }) => [label, tone, shape, fill, dashed]),
    time,
  ]);
  return (
    <figure className={cn("min-w-0", className)}>
      {series.length > 1 ? <Legend series={series} /> : null}
      <Drawing key={structure} label={label} noteId={noteId} height={height} shown={shown} />
      <figcaption id={noteId} className="sr-only">
        {mounted ? <DataTable label={label} {...shown} /> : null}
      </figcaption>
    </figure>
  );
}

type DrawingProps = { label: string; noteId: string; height: number; shown: PlotData };

/** The canvas, and its keys. */
function Drawing({ label, noteId, height, shown }: DrawingProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(shown);
  latest.current = shown;

  useEffect(() => {
    let gone = false;
    let redraw = () => {};
    void import("./draw-plot").then(({ drawPlot }) => {
      redraw = () => {
        if (gone || !box.current) return;
        plot.current?.destroy();
        plot.current = drawPlot(box.current, height, () => latest.current);
      };
      redraw();
    });
    const stopWatching = onThemeChange(() => redraw());
    return () => {
      gone = true;
      stopWatching();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [height]);

  useEffect(() => {
    plot.current?.update();
  });

  return (
    <div
      role="img"
      aria-label={label}
      aria-describedby={noteId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read its values
      tabIndex={0}
      ref={box}
      className="relative w-full overflow-hidden rounded-sm"
      style={{ height }}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        plot.current?.step(step);
      }}
      onBlur={() => plot.current?.step(0)}
    >
      {shown.series.every(({ points }) => points.length === 0) ? (
        <p className="absolute inset-0 grid place-items-center text-faint text-sm">Nothing to draw yet.</p>
      ) : null}
    </div>
  );
}

function Legend({ series }: { series: readonly ChartSeries[] }) {
  return (
    <ul aria-hidden className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-soft text-xs">
      {series.map(({ label, tone, dashed, shape }) => (
        <li key={label} className="flex items-center gap-1.5">
          <span
            className={cn(
              "inline-block",
              shape === "bars" || shape === "dots" ? "size-2 rounded-full border-4" : "w-4 border-t-2",
              dashed && "border-dashed",
            )}
            style={{ borderColor: `var(--${tone})` }}
          />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** The same figures for those who do not see the drawing. */
function DataTable({ label, series, marks, formatX, formatY }: PlotData & { label: string }) {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(xs.length / TABLE_ROWS_MAX));
  const rows = xs.filter((_, index) => index % every === 0 || index === xs.length - 1);
  const values = series.map(({ points }) => new Map(points.map(({ x, y }) => [x, y])));
  return (
    <>
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">At</th>
            {series.map(({ label: name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((x) => (
            <tr key={x}>
              <th scope="row">{formatX(x, true)}</th>
              {values.map((at, index) => {
                const y = at.get(x);
                return (
                  <td key={series[index]?.label}>{y === null || y === undefined ? "" : formatY(y, true)}</td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {marks.slice(0, TABLE_ROWS_MAX).map(({ x, label: text }) => (
        <p key={`${x} ${text}`}>
          {formatX(x, true)}: {text}
        </p>
      ))}
    </>
  );
}

/** Calls back when the toggle or the system changes the light. */
function onThemeChange(changed: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const toggle = new MutationObserver(changed);
  toggle.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  dark.addEventListener("change", changed);
  return () => {
    toggle.disconnect();
    dark.removeEventListener("change", changed);
  };
}

const DAY_MS = 86_400_000;

/** Times in the reader's zone: hours and minutes on the axis of less than two days, else the date. */
function timeText(series: readonly ChartSeries[]): (x: number, full: boolean) => string {
  const ends = series.flatMap(({ points }) => [points[0]?.x ?? 0, points.at(-1)?.x ?? 0]);
  const axis = new Intl.DateTimeFormat(undefined, axisStyle(Math.max(...ends) - Math.min(...ends)));
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  return (x, all) => (all ? full : axis).format(x);
}

/** As fine as it must be for neighbouring marks to differ. */
function axisStyle(rangeMs: number): Intl.DateTimeFormatOptions {
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  if (rangeMs <= DAY_MS / 144) return { ...clock, second: "2-digit" };
  if (rangeMs <= 2 * DAY_MS) return clock;
  return rangeMs <= 300 * DAY_MS ? { month: "short", day: "numeric" } : { month: "short", year: "numeric" };
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

function numberText(y: number): string {
  return grouped.format(y);
}
