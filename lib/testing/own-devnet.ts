import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { findAnvil } from "../../scripts/devnet/find-anvil";
import { startDevnet } from "../../scripts/devnet/start-devnet";

/**
 * Gives this test file a devnet that the settings name, as `npm start` gives one to the site. Call it in `vi.hoisted`, before anything
 * reads RPC_URL. It is gone after the file.
 *
 * @throws Error when there is no anvil for this platform
 */
export async function ownDevnet(): Promise<void> {
  const anvil = findAnvil();
  if (!anvil)
    throw new Error("These tests need anvil: there is none in npm for this platform, nor on the PATH.");
  const folder = mkdtempSync(join(tmpdir(), "superstream-devnet-"));
  const devnet = await startDevnet({ anvil, folder, ticking: false });
  afterAll(async () => {
    await devnet.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  process.env.RPC_URL = devnet.url;
  process.env.CHAIN_ID = "31337";
}
