import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresBinaries } from "./postgres-binaries.mjs";
import { postgresProcess } from "./postgres-process.mjs";
import { asUnprivileged, giveAway } from "./unprivileged-user.mjs";

/**
 * Runs initdb beside the place and renames: a folder with that name is always whole.
 * @param {string} cluster @param {string} user the superuser @param {string} password @param {boolean} durable
 */
export function initialiseCluster(cluster, user, password, durable) {
  const { initdb } = postgresBinaries();
  const aside = `${cluster}.new`;
  rmSync(aside, { recursive: true, force: true });
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });

  const secret = mkdtempSync(join(tmpdir(), "superstream-secret-"));
  const passwordFile = join(secret, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveAway(aside, { named: true });
  giveAway(secret, { named: true });
  try {
    const program = asUnprivileged(
      initdb,
      [
        `--pgdata=${aside}`,
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        ...(durable ? [] : ["--no-sync"]),
      ],
      { dataPath: aside, named: true },
    );
    const { status, stderr, error } = spawnSync(program.command, program.args, {
      ...postgresProcess(program),
      encoding: "utf8",
    });
    if (status !== 0)
      throw new Error(
        `PostgreSQL could not be initialised in ${cluster}: ${error?.message ?? stderr.trim()}`,
      );
  } finally {
    rmSync(secret, { recursive: true, force: true });
  }
  giveAway(aside);
  renameSync(aside, cluster);
}
