import { renameSync, writeFileSync } from "node:fs";

/** Writes a file so that readers see the old one or the new one, never half of it: of two writers, the later one stays. */
export function writeWhole(file: string, content: string): void {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, content);
  renameSync(aside, file);
}
