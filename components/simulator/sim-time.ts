const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment of a simulation, counted from its start: "04:15:00", and "day 3, 04:15:00" where it lasts longer than a day. */
export function simTime(atMs: number, lengthMs: number): string {
  const inDay = lengthMs > DAY ? atMs % DAY : atMs;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const clock = `${two(inDay / HOUR)}:${two((inDay % HOUR) / MINUTE)}:${two((inDay % MINUTE) / SECOND)}`;
  return lengthMs > DAY ? `day ${Math.floor(atMs / DAY) + 1}, ${clock}` : clock;
}

/** The unit of a chart's time axis: days, hours or minutes, so that its ticks are whole numbers. */
export function axisUnit(lengthMs: number): { ms: number; name: string } {
  if (lengthMs > 3 * DAY) return { ms: DAY, name: "d" };
  return lengthMs > 3 * HOUR ? { ms: HOUR, name: "h" } : { ms: MINUTE, name: "min" };
}
