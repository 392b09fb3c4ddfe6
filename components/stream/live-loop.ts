import { serverTimeMs } from "./server-clock";

type Draw = (nowMs: number) => void;

/** More than this many visible cells take turns: each is drawn every sixth frame or less often, which the eye cannot tell. */
const EVERY_FRAME_MAX = 24;
const TURNS_MIN = 6;
/** What a frame draws at most: laying out and painting them is what a frame's 16 ms go into, not computing them. */
const DRAWN_MAX = 84;
/** A frame that came later than this was too much for the machine: the next ones draw less, down to `EVERY_FRAME_MAX`. */
const LATE_MS = 20;
/** With reduced motion, numbers step once a second. */
const CALM_STEP_MS = 1_000;

const cells = new Map<Element, Draw>();
/** What is watched for being on screen, and the cells in it: a cell itself, or what holds many of them. */
const scopes = new Map<Element, Set<Element>>();
/** Those of `cells` that are on screen: a frame looks at no other. */
const visible = new Set<Element>();
let frame = 0;
/** Position among the visible whose turn comes next. */
let next = 0;
let lastDrawnAt = 0;
let lastFrameAt = 0;
let drawnAtOnce = DRAWN_MAX;
let observer: IntersectionObserver | undefined;
let calm: MediaQueryList | undefined;

/**
 * Draws `element` while it is on screen, from the page's only animation-frame loop. `draw` writes to text nodes;
 * React renders nothing per frame. Cells inside an element with `data-live-scope` are on screen when that is: a thousand
 * elements watched one by one cost the browser more, each frame, than drawing them does.
 *
 * @returns stops drawing it
 */
export function joinLiveLoop(element: Element, draw: Draw): () => void {
  observer ??= new IntersectionObserver(noteVisibility, { rootMargin: "64px" });
  calm ??= matchMedia("(prefers-reduced-motion: reduce)");
  cells.set(element, draw);
  visible.add(element);
  const scope = element.closest("[data-live-scope]") ?? element;
  const siblings = scopes.get(scope) ?? new Set();
  scopes.set(scope, siblings.add(element));
  if (siblings.size === 1) observer.observe(scope);
  if (frame === 0) frame = requestAnimationFrame(step);
  return () => {
    cells.delete(element);
    visible.delete(element);
    siblings.delete(element);
    if (siblings.size === 0) {
      scopes.delete(scope);
      observer?.unobserve(scope);
    }
    if (cells.size > 0) return;
    cancelAnimationFrame(frame);
    frame = 0;
  };
}

function noteVisibility(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries)
    for (const cell of scopes.get(target) ?? [])
      if (isIntersecting) visible.add(cell);
      else visible.delete(cell);
}

function step(at: number): void {
  frame = requestAnimationFrame(step);
  drawnAtOnce =
    at - lastFrameAt > LATE_MS
      ? Math.max(EVERY_FRAME_MAX, Math.floor(drawnAtOnce * 0.8))
      : Math.min(DRAWN_MAX, drawnAtOnce + 1);
  lastFrameAt = at;
  if (calm?.matches && at - lastDrawnAt < CALM_STEP_MS) return;
  lastDrawnAt = at;

  const nowMs = serverTimeMs();
  const many = !calm?.matches && visible.size > EVERY_FRAME_MAX;
  const count = many ? Math.min(Math.ceil(visible.size / TURNS_MIN), drawnAtOnce) : visible.size;
  if (next >= visible.size) next = 0;
  let index = 0;
  for (const element of visible) {
    if ((index - next + visible.size) % visible.size < count) cells.get(element)?.(nowMs);
    index += 1;
  }
  next = (next + count) % (visible.size || 1);
}
