// Vercel's build command. Builds without a database. With one, a production deployment brings it up to date first;
// previews never touch it, because they may share it.
import { spawnSync } from "node:child_process";

run("npx", ["prisma", "generate"]);
if (process.env.DATABASE_URL && process.env.VERCEL_ENV === "production") {
  run("npx", ["prisma", "migrate", "deploy"]);
}
run("npx", ["next", "build"]);

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
