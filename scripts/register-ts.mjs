// `node --import ./scripts/register-ts.mjs program.ts`: how every TypeScript program outside Next is run.
// Registers tsx, and maps `server-only` to an empty module as a bundler would.
import { register } from "node:module";
import { register as registerTsx } from "tsx/esm/api";

registerTsx();
register("./resolve-server-only.mjs", import.meta.url);
