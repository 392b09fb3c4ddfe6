// Which way imports point (part of `npm run check:lint`). Prints each import that points the wrong way and exits 1.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Small modules at the bottom that any room of `lib` may use. */
const BASE = [
  "lib/env",
  "lib/errors",
  "lib/clock",
  "lib/log",
  "lib/format",
  "lib/loop",
  "lib/metrics",
  "lib/paths",
  "lib/domain",
];
/** The chain, and the generated interfaces of its contracts. */
const CHAIN = ["lib/chain", "contracts-abi"];
/** What of the chain is data and pure functions, and so may go to a browser. */
const CHAIN_TABLES = [
  ...["networks", "viem-chain", "explorer-link", "decode-error", "devnet-addresses", "gas"].map(
    (name) => `lib/chain/${name}`,
  ),
  "contracts-abi",
];
/** Adapters to the database, the wire and the chain. */
const ADAPTERS = ["lib/db", "lib/http", "lib/auth", "lib/outbox", ...CHAIN];
/** The definitions of HTTP 402 by streams, which both ends share: no server code in them. */
const WIRE = [
  "ledger-method",
  "chain-methods",
  "wire-schemas",
  "stream-typed-data",
  "delegation-typed-data",
  "provider-tag",
].map((name) => `lib/mpp/${name}`);
/** What a wallet signs on each rail: pure functions, which pages share with the server. */
const CALLS = [
  "lib/rails/chain-call",
  "lib/rails/erc20-calls",
  "lib/rails/streampay/token-stream",
  "lib/rails/streampay/streampay-calls",
  "lib/rails/streampay/streampay-authorization",
  "lib/rails/superfluid/flow-plans",
  "lib/rails/superfluid/flow-table",
  "lib/rails/superfluid/session-calls",
  "lib/rails/superfluid/superfluid-calls",
];
const USE_CASES = ["lib/streams", "lib/market", "lib/mpp", "lib/simulation"];

/**
 * Room → rooms whose code it may use. Types may come from any room of `lib`: they vanish. A room missing here fails.
 * @type {Record<string, string[]>}
 */
const ALLOWED = {
  "lib/domain": [],
  "lib/env": [],
  "lib/clock": [],
  "lib/errors": [],
  "lib/log": ["lib/env"],
  "lib/loop": ["lib/log", "lib/metrics"],
  "lib/metrics": [],
  "lib/tracing": ["lib/metrics"],
  "lib/paths": [],
  "lib/format": ["lib/domain"],
  "lib/db": BASE,
  "lib/chain": [...BASE, "contracts-abi"],
  "lib/ledger": [...BASE, "lib/db"],
  // What happened on the chain, as rows: below the rails, whose projections make streams of it.
  "lib/indexer": [...BASE, "lib/db", ...CHAIN],
  // What the server sends to the chain: beside the index, which reads.
  "lib/outbox": [...BASE, "lib/db", ...CHAIN],
  "lib/rails": [...BASE, "lib/db", "lib/ledger", "lib/indexer", "lib/outbox", ...CHAIN],
  "lib/streams": [...BASE, ...ADAPTERS, "lib/ledger", "lib/rails", "lib/market"],
  "lib/market": [...BASE, ...ADAPTERS, "lib/ledger", "lib/rails", "lib/mpp", "lib/streams"],
  "lib/mpp": [...BASE, ...ADAPTERS, "lib/ledger", "lib/rails", "lib/streams", "lib/market"],
  "lib/auth": [...BASE, "lib/db", "lib/http", ...CHAIN],
  // How the whole is doing: above the use cases, read by pages and routes for operators.
  "lib/operations": [...BASE, "lib/db", "lib/chain", "lib/ledger", "lib/outbox", "lib/streams"],
  "lib/alerts": [...BASE, ...ADAPTERS, "lib/ledger", "lib/streams", "lib/market", "lib/mpp"],
  // The boundary's table of operations takes its schemas from the use cases.
  "lib/http": [...BASE, "lib/db", "lib/auth", "lib/ledger", "lib/mcp/tool-names", ...USE_CASES],
  "lib/simulation": [...BASE, ...ADAPTERS, "lib/ledger", "lib/streams"],
  // Another way to the same operations and the same door: above both, and with no rule of its own.
  "lib/mcp": [...BASE, "lib/http", "lib/market", "lib/mpp"],
  components: ["lib/domain", "lib/format", "lib/paths", "lib/errors", ...WIRE, ...CALLS, ...CHAIN_TABLES],
  app: [
    "components",
    ...BASE,
    ...ADAPTERS,
    ...USE_CASES,
    "lib/alerts",
    "lib/ledger",
    "lib/mcp",
    "lib/rails",
    "lib/operations",
  ],
  // Programs of their own, which reach us by HTTP: they share pure maths, the wire's definitions and what wallets sign, no server code.
  agents: [
    "lib/domain",
    "lib/format",
    ...WIRE,
    ...["digest", "event-stream", "verify-receipt"].map((name) => `lib/mpp/${name}`),
    ...CALLS,
    ...CHAIN_TABLES,
  ],
  ".": ["lib/env", "lib/http", "lib/tracing", "lib/chain/wallet-network"],
};

/** Packages and rooms that a room must stay free of, whatever else it may use. @type {Record<string, RegExp>} */
const FORBIDDEN_PACKAGES = {
  "lib/domain": /./,
  components: /^(pg|pino|mppx\/server|node:.*|@prisma\/.*|server-only)$/,
  agents: /^(pg|@prisma\/.*|next|next\/.*|react|server-only)$/,
};

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

/**
 * @param {string} file path from the root, with forward slashes
 * @param {string} text
 * @returns {string[]} one line per wrong import
 */
export function wrongImports(file, text) {
  if (isTest(file)) return [];
  const room = roomOf(file);
  const allowed = ALLOWED[room];
  if (!allowed) return [`${file}: the room ${room} is not in the table of scripts/check-imports.mjs`];

  return [...text.matchAll(IMPORT)].flatMap(([, type, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? "";
    const target = resolveLocal(file, specifier);
    if (target === null)
      return FORBIDDEN_PACKAGES[room]?.test(specifier) ? [`${file}: ${room} may not use ${specifier}`] : [];
    const there = roomOf(target);
    if (there === room)
      return crossesRails(file, target) ? [`${file}: rails do not use each other (${specifier})`] : [];
    if (type && there.startsWith("lib/") && room !== "lib/domain") return [];
    const fits = allowed.some((to) => there === to || target === to || target.startsWith(`${to}.`));
    return fits ? [] : [`${file}: ${room} may not use ${there} (${specifier})`];
  });
}

/** `lib/<room>`, else the top folder; files at the root are ".". @param {string} path */
function roomOf(path) {
  const [top = "", second = ""] = path.split("/");
  if (top === "lib") return `lib/${second.replace(/\.[a-z.]+$/, "")}`;
  return path.includes("/") ? top : ".";
}

/** @param {string} file @param {string} specifier @returns {string | null} null for a package */
function resolveLocal(file, specifier) {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (!specifier.startsWith(".")) return null;
  return normalize(join(dirname(file), specifier))
    .split(sep)
    .join("/");
}

/** `rail-for` and `rail` stand above the rails. @param {string} from @param {string} to */
function crossesRails(from, to) {
  const [a, b] = [from, to].map((path) => /^lib\/rails\/([^/]+)\//.exec(path)?.[1]);
  return a !== undefined && b !== undefined && a !== b;
}

/** @param {string} file */
function isTest(file) {
  return /\.test(-d)?\.tsx?$|\/testing\//.test(file);
}

/** @param {string} root @param {string} folder @returns {string[]} */
function sourcesUnder(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "generated" ? [] : sourcesUnder(root, path);
    return /\.(ts|tsx|mjs)$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const files = ["app", "components", "lib", "agents"].flatMap((folder) => sourcesUnder(root, folder));
  const wrong = [...files, "proxy.ts", "instrumentation.ts", "instrumentation-node.ts"].flatMap((file) =>
    wrongImports(file, readFileSync(join(root, file), "utf8")),
  );
  for (const line of wrong) console.error(line);
  console.log(
    `${files.length} files looked at from ${relative(process.cwd(), root) || "."}: ${wrong.length} imports point the wrong way.`,
  );
  process.exit(wrong.length ? 1 : 0);
}
