import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What this machine made up for itself, kept in DATA_DIR/secrets.json (mode 0600): the embedded database's password
 * and the key that signs challenges and receipts. Whoever deletes the file loses access to the embedded database.
 *
 * @param {string} dataDir
 * @param {"databasePassword" | "secretKey"} name
 * @returns {string} 64 hexadecimal digits, the same at every call
 */
export function localSecret(dataDir, name) {
  const path = join(dataDir, "secrets.json");
  /** @type {Record<string, string>} */
  const secrets = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const known = secrets[name];
  if (known) return known;

  const made = randomBytes(32).toString("hex");
  mkdirSync(dataDir, { recursive: true });
  // Written aside and renamed: a crash half-way must not lose the password of a database that exists.
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify({ ...secrets, [name]: made }, null, 2)}\n`, { mode: 0o600 });
  renameSync(aside, path);
  return made;
}
