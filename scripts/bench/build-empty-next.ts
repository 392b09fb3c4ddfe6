import { existsSync, statSync } from "node:fs";
import { run } from "../set-up.mjs";

export const EMPTY_NEXT = "scripts/bench/empty-next";

/** Builds the application with one empty route, unless it was built with the packages that are installed now. */
export async function buildEmptyNext(): Promise<void> {
  const built = `${EMPTY_NEXT}/.next/BUILD_ID`;
  if (existsSync(built) && statSync(built).mtimeMs > statSync("package-lock.json").mtimeMs) return;
  await run(process.execPath, ["node_modules/next/dist/bin/next", "build", EMPTY_NEXT], {
    NEXT_TELEMETRY_DISABLED: "1",
  });
}
