import { numberIn } from "../shared/json-schema";

export type Sex = "female" | "male";

export const sexProperty = {
  type: "string",
  enum: ["female", "male"],
  description: "Sex whose QTc limits apply: prolonged from 460 ms (female) or 450 ms (male)",
};

export const qtProperty = numberIn("QT interval as measured", { unit: "ms", minimum: 150, maximum: 800 });

/** @throws RangeError when an interval is not positive: the schemas refuse it first */
export function assertQtAndRr(qtMs: number, rrMs: number): void {
  if (!(qtMs > 0 && rrMs > 0)) throw new RangeError(`QT of ${qtMs} ms with RR of ${rrMs} ms.`);
}
