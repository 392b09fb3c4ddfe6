import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs prisma/seed.ts as `npm start` does, against the tests' database. Resolves with what it printed. */
export async function seedMarket(environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "./scripts/register-ts.mjs", "prisma/seed.ts"],
    {
      cwd: ROOT,
      env: { ...process.env, UPSTREAM_ALLOW: "127.0.0.1:4101,127.0.0.1:4102,127.0.0.1:4103", ...environment },
    },
  );
  return stdout;
}
