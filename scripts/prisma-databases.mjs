import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findEmbeddedPostgres, startEmbeddedPostgres, startThrowAwayPostgres } from "./embedded-postgres.mjs";
import { DataDirHeld, findHolder } from "./hold-data-dir.mjs";
import { NoPostgresHere } from "./postgres-binaries.mjs";

const WHAT = "npx prisma";

/** @typedef {(closer: () => Promise<unknown>) => void} Close what to do when the engine ends */

/**
 * The database a Prisma command works on: the one configured, else the embedded one, started for the command unless it runs.
 * @param {string} url as prisma.config.ts gives it @param {Close} close
 */
export async function databaseForPrisma(url, close) {
  if (url && !isPlaceholder(url)) return url;
  const dataDir = process.env.DATA_DIR || ".data";
  for (let attempt = 0; ; attempt += 1) {
    const holder = findHolder(dataDir);
    const running = holder && holder.what !== WHAT ? await findEmbeddedPostgres(dataDir) : null;
    if (running) return running;
    try {
      const started = await startEmbeddedPostgres({ dataDir, what: WHAT });
      close(started.stop);
      return started.url;
    } catch (error) {
      // The engine of the command before may still be closing.
      if (!(error instanceof DataDirHeld) || error.holder.what !== WHAT || attempt >= 100) throw error;
      await sleep(100);
    }
  }
}

/**
 * An empty database that a Prisma command may fill and forget.
 * @param {{ url: string, shadowDatabaseUrl: string }} datasource @param {Close} close
 */
export async function shadowForPrisma(datasource, close) {
  if (datasource.shadowDatabaseUrl && !isPlaceholder(datasource.shadowDatabaseUrl))
    return datasource.shadowDatabaseUrl;
  try {
    const started = await startThrowAwayPostgres({ what: "npx prisma, shadow database" });
    close(started.stop);
    return started.url;
  } catch (error) {
    if (!(error instanceof NoPostgresHere)) throw error;
    return secondDatabase(await databaseForPrisma(datasource.url, close), close);
  }
}

/** Beside the main database, dropped afterwards; needs the right to create databases. @param {string} url @param {Close} close */
async function secondDatabase(url, close) {
  const name = `superstream_shadow_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  close(() => client.end());
  await client.query(`CREATE DATABASE ${name}`);
  close(() => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString();
}

/** @param {string} url */
function isPlaceholder(url) {
  return URL.canParse(url) && new URL(url).hostname.endsWith(".invalid");
}
