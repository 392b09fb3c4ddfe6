import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startTestDevnet } from "@/lib/testing/devnet";

const settings = vi.hoisted(() => ({ RPC_URL: undefined as string | undefined }));
vi.mock("@/lib/env", async (load) => {
  const real = await load<typeof import("@/lib/env")>();
  return {
    ...real,
    env: {
      ...real.env,
      get RPC_URL() {
        return settings.RPC_URL;
      },
    },
  };
});

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
beforeAll(async () => {
  devnet = await startTestDevnet();
});
afterAll(() => devnet.stop());
beforeEach(() => vi.resetModules());

/** A fresh module: what an earlier test was told is not kept. */
async function read() {
  const { readDevnetState } = await import("./devnet-state");
  return readDevnetState();
}

describe("readDevnetState", () => {
  test("it tells the last block, and how far time has been moved", async () => {
    settings.RPC_URL = devnet.rpcUrl;
    expect(await read()).toEqual({ block: 1n, aheadMs: 0n });
    await devnet.chain.increaseTime({ seconds: 14_400 });
    await devnet.chain.mine({ blocks: 2 });
    vi.resetModules();
    expect(await read()).toEqual({ block: 3n, aheadMs: 14_400_000n });
  });

  test("given no chain, there is nothing to tell", async () => {
    settings.RPC_URL = undefined;
    expect(await read()).toBeNull();
  });

  test("given a node that never answers, a page waits for it no longer than a moment", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    settings.RPC_URL = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
    const began = performance.now();
    expect(await read()).toBeNull();
    expect(performance.now() - began).toBeLessThan(2_000);
    silent.closeAllConnections();
    silent.close();
  });
});
