import "server-only";
import { randomBytes } from "node:crypto";
import { nowMs } from "@/lib/clock";

/**
 * A fresh id that carries its kind: `str_…`. 48 bits of time, so that rows written together lie together in their index,
 * then 80 random bits: unguessable, and never the same in one tick (D0.9).
 */
export function newId(kind: "str" | "req" | "svc"): string {
  const time = nowMs().toString(16).padStart(12, "0");
  return `${kind}_${time}${randomBytes(10).toString("hex")}`;
}
