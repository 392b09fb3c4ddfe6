import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";

/** Writes a file so that readers see the old one or the new one, never half of it: of two writers, the later one stays. */
export function writeWhole(file: string, content: string): void {
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(aside, content);
  renameSync(aside, file);
}
