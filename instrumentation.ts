/**
 * Runs once in each server process of Next. Nothing is opened here: the pool opens with the first query, and the sweep
 * belongs to scripts/serve.ts, or to the cron route where there is no process of ours (Vercel).
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./instrumentation-node");
}
