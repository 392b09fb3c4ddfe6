#!/usr/bin/env node
// Stands in for Prisma's native `schema-engine`: the same arguments and the same JSON-RPC over standard input and output,
// answered by the engine that Prisma publishes as WebAssembly and by the `pg` driver. prisma.config.ts points Prisma here.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as wasm from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { migrationAdapterFactory } from "./migration-adapter.mjs";
import { databaseForPrisma, shadowForPrisma } from "./prisma-databases.mjs";

const require = createRequire(import.meta.url);
const engineFolder = dirname(require.resolve("@prisma/schema-engine-wasm"));

const options = parseArguments(process.argv.slice(2));
/** @type {(() => Promise<unknown>)[]} what to close, last opened first */
const closers = [];
// Prisma ends its engine with a signal once it has its answers.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"])
  process.once(signal, () => closeAll().then(() => process.exit(0)));
const close = (/** @type {() => Promise<unknown>} */ closer) => closers.unshift(closer);

if (options.words[0] === "--version" || options.words[0] === "-V") {
  const { version } = JSON.parse(readFileSync(join(engineFolder, "package.json"), "utf8"));
  console.log(`schema-engine-cli ${version} (WebAssembly)`);
} else if (options.words[0] === "cli") {
  process.exitCode = await runCommand(options.words[1] ?? "");
  await closeAll();
} else {
  await serve();
}

/** @param {string[]} argv */
function parseArguments(argv) {
  const parsed = { datamodels: [""], datasource: { url: "", shadowDatabaseUrl: "" }, words: [""] };
  parsed.datamodels.pop();
  parsed.words.pop();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--datamodels") parsed.datamodels.push(argv[++at] ?? "");
    else if (word === "--datasource")
      parsed.datasource = { ...parsed.datasource, ...JSON.parse(argv[++at] ?? "{}") };
    else if (word === "--enabled-preview-features" || word === "--extension-types") at += 1;
    else parsed.words.push(word);
  }
  return parsed;
}

/** `cli can-connect-to-database`, `create-database`, `drop-database`: the exit code answers. @param {string} command */
async function runCommand(command) {
  process.stderr.write("\n"); // Prisma drops the first line.
  try {
    const url = new URL(await databaseForPrisma(options.datasource.url, close));
    const name = decodeURIComponent(url.pathname.slice(1)) || "postgres";
    if (command !== "can-connect-to-database") url.pathname = "/postgres";
    const client = new pg.Client({ connectionString: url.toString() });
    await client.connect();
    close(() => client.end());
    if (command === "create-database") await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    if (command === "drop-database")
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    return 0;
  } catch (error) {
    process.stderr.write(`${JSON.stringify(logLine(/** @type {NodeJS.ErrnoException} */ (error)))}\n`);
    return 1;
  }
}

/** Prisma's own codes for what PostgreSQL and the network say. @param {NodeJS.ErrnoException} error */
function logLine(error) {
  /** @type {Record<string, string>} */
  const codes = {
    "3D000": "P1003",
    "28P01": "P1000",
    28000: "P1000",
    "42P04": "P1009",
    ECONNREFUSED: "P1001",
    ENOTFOUND: "P1001",
  };
  const fields = {
    message: error.message,
    is_panic: false,
    error_code: codes[error.code ?? ""] ?? "P1010",
    meta: {},
  };
  return { timestamp: new Date().toISOString(), level: "ERROR", fields, target: "schema_engine::logger" };
}

/** Answers one request a line, in order, until the input ends. */
async function serve() {
  /** @type {Promise<any> | null} the engine is opened by the first request that needs it */
  let engine = null;
  let printed = 1_000_000;

  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // Prisma acknowledges what we print.
    try {
      engine ??= openEngine();
      send({ id, result: await answer(await engine, method, params) });
    } catch (error) {
      if (process.env.DEBUG) console.error(error);
      send({ id, error: rpcError(/** @type {any} thrown by the engine as it likes */ (error)) });
    }
  }
  await closeAll();
  process.exit(0);

  /** @param {any} opened @param {string} method @param {any} params */
  async function answer(opened, method, params) {
    if (method === "createDatabase")
      return { databaseName: new URL(options.datasource.url).pathname.slice(1) };
    if (method === "getDatabaseVersion") return opened.version(params ?? null);
    if (typeof opened[method] !== "function") throw new Error(`The stand-in engine lacks ${method}.`);
    const result = await opened[method](params);
    if (method === "diff" && typeof result.stdout === "string") {
      printed += 1;
      send({ id: printed, method: "print", params: { content: result.stdout } });
      return { exitCode: result.exitCode, stdout: null };
    }
    return result ?? (method === "reset" ? null : {});
  }
}

async function openEngine() {
  const bytes = readFileSync(join(engineFolder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": wasm });
  wasm.__wbg_set_wasm(instance.exports);
  /** @type {any} */ (instance.exports).__wbindgen_start();

  const factory = bindMigrationAwareSqlAdapterFactory(
    migrationAdapterFactory({
      main: () => databaseForPrisma(options.datasource.url, close),
      shadow: () => shadowForPrisma(options.datasource, close),
      close,
    }),
  );
  const datamodels = options.datamodels.map((path) => [path, readFileSync(path, "utf8")]);
  const log = (/** @type {string} */ line) => process.env.DEBUG && process.stderr.write(`${line}\n`);
  return wasm.SchemaEngine.new({ datamodels: datamodels.length ? datamodels : undefined }, log, factory);
}

/** @param {object} message */
function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

/** @param {{ message?: string, code?: string, error_code?: string, is_panic?: boolean, meta?: object }} error */
function rpcError(error) {
  const code = error?.code ?? error?.error_code;
  const known = typeof code === "string" && /^P\d{4}$/.test(code) ? code : null;
  const data = {
    is_panic: Boolean(error?.is_panic),
    message: error?.message ?? String(error),
    meta: error?.meta ?? {},
    error_code: known,
  };
  return { code: 4466, message: "An error happened. Check the data field for details.", data };
}

async function closeAll() {
  for (const closer of closers) await closer().catch(() => {});
}
