import "server-only";

type Kept = { value: Promise<unknown>; untilMs: number };

// Every route of Next is a bundle of its own; they share the process.
const shared = globalThis as typeof globalThis & { superstreamKept?: Map<string, Kept> };

/**
 * A reader that reads anew at most once in `freshMs` in each process, however many ask: callers at the same time share one
 * read. A failed read is told to those who waited for it, and not kept.
 *
 * @param name of what is kept, the same in all bundles and of nothing else
 * @param freshMs milliseconds, from the moment when a read begins
 */
export function keepFresh<T>(name: string, freshMs: number, read: () => Promise<T>): () => Promise<T> {
  return () => {
    shared.superstreamKept ??= new Map();
    const all = shared.superstreamKept;
    const kept = all.get(name);
    if (kept && kept.untilMs > performance.now()) return kept.value as Promise<T>; // The name's own reader made it.
    const value = read();
    all.set(name, { value, untilMs: performance.now() + freshMs });
    value.catch(() => {
      if (all.get(name)?.value === value) all.delete(name);
    });
    return value;
  };
}
