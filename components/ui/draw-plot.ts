import "uplot/dist/uPlot.min.css";
import UPlot from "uplot";
import type { ChartMark, ChartProps, ChartSeries, ChartTone } from "./chart";

/** What is drawn, and how its figures are written. */
export type PlotData = Required<Pick<ChartProps, "series" | "marks" | "time" | "formatX" | "formatY">> & {
  yMin: number | undefined;
  yMax: number | undefined;
};

export type Plot = {
  /** Draws the latest figures. */
  update(): void;
  /** Reads the next (1) or previous (-1) point; 0 stops reading. */
  step(by: number): void;
  destroy(): void;
};

/** The reading keeps this distance from the pointer, in px. */
const READING_GAP = 12;
/** A mark is read when the pointer is nearer than this, in px. */
const MARK_REACH = 6;
const FONT = "11px var(--font-inter), ui-sans-serif, sans-serif";

/** Draws into `box`, follows its width, and reads values under the pointer. `shown` gives the latest figures at any time. */
export function drawPlot(box: HTMLElement, height: number, shown: () => PlotData): Plot {
  const colour = colours(box);
  const font = FONT.replace("var(--font-inter)", fontFamily(box));
  const reading = document.createElement("div");
  reading.className =
    "pointer-events-none absolute top-1 z-10 hidden max-w-64 rounded-md border border-line bg-card px-2.5 py-1.5 text-xs shadow-card tabular-nums";
  reading.setAttribute("aria-hidden", "true");
  const axis = {
    stroke: colour("faint"),
    font,
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };

  const plot = new UPlot(
    {
      width: Math.max(box.clientWidth, 80),
      height,
      ms: 1,
      legend: { show: false },
      padding: [8, 20, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 7 }, y: false },
      scales: {
        x: { time: shown().time, range: (_plot, low, high) => xRange(shown().series, low, high) },
        y: { range: (_plot, _low, high) => valueRange(shown(), high) },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 72,
          size: 28,
          values: (_plot, xs) => xs.map((x) => shown().formatX(x, false)),
        },
        {
          ...axis,
          space: 36,
          values: (_plot, ys) => ys.map((y) => shown().formatY(y, false)),
          size: (_plot, texts) => Math.max(32, ...(texts ?? []).map((text) => text.length * 6.4 + 14)),
        },
      ],
      series: [{}, ...shown().series.map((series) => seriesStyle(series, colour))],
      hooks: {
        drawClear: [(self) => drawMarks(self, shown().marks, colour)],
        setCursor: [(self) => read(self, reading, shown())],
      },
    },
    aligned(shown().series),
    box,
  );
  box.append(reading);

  const resizing = new ResizeObserver(() => {
    if (box.clientWidth > 0) plot.setSize({ width: box.clientWidth, height });
  });
  resizing.observe(box);

  return {
    update: () => plot.setData(aligned(shown().series)),
    step(by) {
      const last = plot.data[0].length - 1;
      const at =
        by === 0 ? null : Math.min(Math.max((plot.cursor.idx ?? (by > 0 ? -1 : last + 1)) + by, 0), last);
      const x = at === null ? undefined : plot.data[0][at];
      plot.setCursor({ left: x === undefined ? -10 : plot.valToPos(x, "x"), top: x === undefined ? -10 : 0 });
    },
    destroy() {
      resizing.disconnect();
      plot.destroy();
      reading.remove();
    },
  };
}

/** Bars at both ends need half a bar's room; a single point needs some too. */
function xRange(series: readonly ChartSeries[], low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const bars = series.find(({ shape }) => shape === "bars");
  const count = bars?.points.length ?? 0;
  const room = bars && count > 1 ? (high - low) / (count - 1) / 2 : low === high ? 1 : 0;
  return [low - room, high + room];
}

/** One shared x axis: a series that has no point at an x is drawn through, not broken. */
function aligned(series: readonly ChartSeries[]): UPlot.AlignedData {
  if (series.length === 0) return [[]];
  return UPlot.join(
    series.map(({ points }) => [points.map(({ x }) => x), points.map(({ y }) => y)] as UPlot.AlignedData),
  );
}

function valueRange({ series, yMin, yMax }: PlotData, high: number | null): [number, number] {
  const lowest = Math.min(0, ...series.flatMap(({ points }) => points.map(({ y }) => y ?? 0)));
  const low = yMin ?? lowest;
  const top = yMax ?? (high ?? 0) + Math.abs((high ?? 0) - low) * 0.08;
  return [low, top > low ? top : low + 1];
}

function seriesStyle(series: ChartSeries, colour: (tone: string) => string): UPlot.Series {
  const { label, tone, shape = "line", fill, dashed } = series;
  const { stepped, bars } = UPlot.paths;
  const paths =
    shape === "step" ? stepped?.({ align: 1 }) : shape === "bars" ? bars?.({ size: [0.7, 24] }) : undefined;
  return {
    label,
    stroke: colour(tone),
    width: shape === "dots" ? 0 : 1.75,
    // Points on whole pixels would give a straight line of many points a stagger.
    ...(shape === "line" ? { pxAlign: 0 } : {}),
    ...(fill || shape === "bars" ? { fill: faded(colour(tone), shape === "bars" ? 0.55 : 0.12) } : {}),
    ...(dashed ? { dash: [5, 4] } : {}),
    ...(paths ? { paths } : {}),
    ...(shape === "dots" ? { paths: () => null } : {}),
    points: { show: shape === "dots", size: 6, fill: colour(tone) },
  };
}

/** Marks lie behind the lines. */
function drawMarks(plot: UPlot, marks: readonly ChartMark[], colour: (tone: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { x, toX, tone } of marks) {
    const left = plot.valToPos(x, "x", true);
    if (toX !== undefined) {
      ctx.fillStyle = faded(colour(tone), 0.1);
      ctx.fillRect(left, bbox.top, plot.valToPos(toX, "x", true) - left, bbox.height);
      continue;
    }
    ctx.strokeStyle = faded(colour(tone), 0.75);
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Writes what is under the pointer beside it. */
function read(plot: UPlot, reading: HTMLElement, { series, marks, formatX, formatY }: PlotData): void {
  const { left = -1, idx } = plot.cursor;
  const x = idx === null || idx === undefined ? undefined : plot.data[0][idx];
  if (left < 0 || x === undefined) {
    reading.style.display = "none";
    return;
  }
  const lines = [line(formatX(x, true), "", "faint")];
  for (const [index, { label, tone }] of series.entries()) {
    const y = plot.data[index + 1]?.[idx ?? 0];
    if (typeof y === "number") lines.push(line(label, formatY(y, true), tone));
  }
  for (const { x: at, toX, label, tone } of marks) {
    const from = plot.valToPos(at, "x") - MARK_REACH;
    const to = plot.valToPos(toX ?? at, "x") + MARK_REACH;
    const snapped = plot.valToPos(x, "x");
    if ((from <= left && left <= to) || (from <= snapped && snapped <= to)) lines.push(line(label, "", tone));
  }
  reading.replaceChildren(...lines);
  reading.style.display = "block";

  const edge = plot.bbox.left / devicePixelRatio + left;
  const fits = edge + READING_GAP + reading.offsetWidth <= plot.width;
  reading.style.left = `${Math.max(0, fits ? edge + READING_GAP : edge - READING_GAP - reading.offsetWidth)}px`;
}

function line(name: string, value: string, tone: ChartTone): HTMLElement {
  const row = document.createElement("p");
  row.className = "flex justify-between gap-3";
  const left = document.createElement("span");
  left.textContent = name;
  left.style.color = `var(--${tone})`;
  const right = document.createElement("span");
  right.textContent = value;
  row.append(left, right);
  return row;
}

/** A canvas knows no CSS variable and no `light-dark()`: the browser resolves them on a probe. */
function colours(box: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    box.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

function faded(colour: string, share: number): string {
  return `color-mix(in oklab, ${colour} ${share * 100}%, transparent)`;
}

function fontFamily(box: HTMLElement): string {
  return getComputedStyle(box).fontFamily || "ui-sans-serif";
}
