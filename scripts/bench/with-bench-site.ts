import { freePort } from "../free-port.mjs";
import { webMemory } from "../memory-flags.mjs";
import { addProvider, startBenchDatabase } from "./bench-database";
import { serverEnvironment } from "./paid-call";
import { requireBuild } from "./require-build";
import { startProgram } from "./start-program";

/**
 * Runs the built site on an empty market with one provider for as long as `use` takes, for a browser.
 *
 * @throws Refusal without a build
 */
export async function withBenchSite<T>(use: (baseUrl: string) => Promise<T>): Promise<T> {
  requireBuild();
  const database = await startBenchDatabase();
  try {
    await addProvider(database.pool);
    const port = await freePort();
    const args = [...webMemory, "scripts/serve.ts"];
    const web = await startProgram("web", args, serverEnvironment(port, database.url));
    return await use(`http://127.0.0.1:${port}`).finally(web.stop);
  } finally {
    await database.stop();
  }
}
