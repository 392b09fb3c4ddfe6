import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const entryShape = z.object({
  pid: z.int(),
  site: z.string(),
  payer: z.string(),
  rail: z.enum(["ledger", "superfluid", "streampay"]),
  providerId: z.string(),
  service: z.object({ method: z.string(), path: z.string() }),
  /** The clock of the rail. */
  sinceMs: z.int(),
});

/** A stream that may be open: written down before it is opened, struck out after it was settled. */
export type OpenEntry = z.infer<typeof entryShape>;

export type OpenBook = ReturnType<typeof openBook>;

/**
 * What an agent has open, in a folder of its own: a run that was killed leaves its entries, and the next one closes what they name.
 *
 * @param folder made when it is not there; only its owner may read it
 */
export function openBook(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  function list(): { file: string; entry: OpenEntry }[] {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => {
        const file = join(folder, name);
        const entry = parse(file);
        return entry ? [{ file, entry }] : [];
      });
  }

  return {
    /** @returns what strikes it out again */
    enter(entry: Omit<OpenEntry, "pid">): () => void {
      const file = join(folder, `${process.pid}-${crypto.randomUUID()}.json`);
      // Whole or not at all: a reader never sees half an entry.
      writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, ...entry }), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      return () => rmSync(file, { force: true });
    },

    /** What runs that are no more have left open for this payer, each with what strikes it out. */
    leftovers(site: string, payer: string): { entry: OpenEntry; strike: () => void }[] {
      return list()
        .filter(({ entry }) => isOf(entry, site, payer) && !isAlive(entry.pid))
        .map(({ file, entry }) => ({ entry, strike: () => rmSync(file, { force: true }) }));
    },

    /** A run of somebody else with the same key: two would close each other's streams. Null when there is none. */
    otherRun(site: string, payer: string): number | null {
      const other = list().find(
        ({ entry }) => isOf(entry, site, payer) && entry.pid !== process.pid && isAlive(entry.pid),
      );
      return other?.entry.pid ?? null;
    },
  };
}

function isOf(entry: OpenEntry, site: string, payer: string): boolean {
  return entry.site === site && entry.payer === payer.toLowerCase();
}

/** Somebody else may strike it out at the same moment. */
function parse(file: string): OpenEntry | null {
  try {
    return entryShape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // It lives, and is another user's.
  }
}
