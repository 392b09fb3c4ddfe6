/**
 * How a program of PostgreSQL is run: as the user it was given, and without the PG* variables of whoever starts us, which are meant for another server.
 * @param {{ uid?: number, gid?: number }} program
 */
export function postgresProcess({ uid, gid }) {
  const env = Object.fromEntries(
    Object.entries({ ...process.env, LC_ALL: "C", TZ: "UTC" }).filter(([name]) => !name.startsWith("PG")),
  );
  return uid === undefined || gid === undefined ? { env } : { env, uid, gid };
}
