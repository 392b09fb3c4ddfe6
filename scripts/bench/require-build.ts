import { existsSync } from "node:fs";
import { Refusal } from "../report.mjs";

/** @throws Refusal when the site was not built */
export function requireBuild(): void {
  if (!existsSync(".next/BUILD_ID")) throw new Refusal("There is no build: run npm run build first.");
}
