import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hex } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { fundOnDevnet } from "@/lib/chain/devnet-faucet";
import { findDevnet, forgetDevnet, untilDevnetGone } from "./devnet-folder";
import { findAnvil } from "./find-anvil";
import { rpc } from "./rpc";
import { type Devnet, startDevnet } from "./start-devnet";

const WALLET = "0x00000000000000000000000000000000000a11ce";

/** Starts a devnet, says where, and waits to be killed. */
const OWNER = `
  const { startDevnet } = await import(${JSON.stringify(new URL("./start-devnet.ts", import.meta.url).href)});
  const { findAnvil } = await import(${JSON.stringify(new URL("./find-anvil.ts", import.meta.url).href)});
  const devnet = await startDevnet({ anvil: findAnvil(), folder: process.argv[1] });
  console.log(devnet.url);
  setInterval(() => {}, 1_000);`;

const anvil = findAnvil() ?? "";
let folder: string;
let running: Devnet[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "superstream-devnet-test-"));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((devnet) => devnet.kill()));
  rmSync(folder, { recursive: true, force: true });
});

describe("a devnet's state", () => {
  test("given a stop, the next start goes on: same first block, same money, block by block", async () => {
    const first = await start();
    const identity = await firstBlock(first.url);
    await fundOnDevnet(WALLET, first.url);
    const before = await latest(first.url);
    await first.stop();

    const second = await start();
    expect(await firstBlock(second.url)).toBe(identity);
    expect(await latest(second.url)).toEqual(before);
    expect(await rpc(second.url, "eth_getBalance", [WALLET, "latest"])).toBe("0x8ac7230489e80000"); // 10 coins
    const logs = { fromBlock: "0x1", address: DEVNET.usdc };
    expect(await rpc<unknown[]>(second.url, "eth_getLogs", [logs])).not.toHaveLength(0);
  });

  test("given an owner that is killed, anvil writes its state and ends with it", async () => {
    const owner = spawn(
      process.execPath,
      ["--import", "./scripts/register-ts.mjs", "--input-type=module", "-e", OWNER, folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const url = await new Promise<string>((resolve) => {
      owner.stdout.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()));
    });
    const identity = await firstBlock(url);
    await fundOnDevnet(WALLET, url);
    expect(findDevnet(folder)?.url).toBe(url);
    owner.kill("SIGKILL");
    expect(await untilDevnetGone(folder)).toBe(true);

    const next = await start();
    expect(await firstBlock(next.url)).toBe(identity);
    expect(await rpc(next.url, "eth_getBalance", [WALLET, "latest"])).toBe("0x8ac7230489e80000");
  });

  test("given an anvil killed while it wrote, it starts from the last state that was whole", async () => {
    const first = await start();
    const identity = await firstBlock(first.url);
    await first.stop();
    writeFileSync(join(folder, "state.written.json"), '{"block":{"number":"0x5"');
    const second = await start();
    expect(await firstBlock(second.url)).toBe(identity);
  });

  test("given a reset, it is another chain with the same contracts", async () => {
    const first = await start();
    const identity = await firstBlock(first.url);
    await fundOnDevnet(WALLET, first.url);
    await first.stop();
    forgetDevnet(folder);
    const second = await start();
    expect(await firstBlock(second.url)).not.toBe(identity);
    expect(await rpc(second.url, "eth_getBalance", [WALLET, "latest"])).toBe("0x0");
    expect(await rpc<string>(second.url, "eth_getCode", [DEVNET.host, "latest"])).not.toBe("0x");
  });

  test("given a chain that another version of the contracts was made for, it goes on and says so", async () => {
    const first = await start();
    expect(first.outdated).toBe(false);
    await first.stop();
    writeFileSync(join(folder, "contracts.sha256"), "another");
    const second = await start();
    expect(second.outdated).toBe(true);
    expect(await firstBlock(second.url)).toMatch(/^0x[0-9a-f]{64}$/);
  });

  test("without transactions it ticks, so that its clock moves on", async () => {
    const devnet = await start({ ticking: true });
    const before = await latest(devnet.url);
    await sleep(2_500);
    const after = await latest(devnet.url);
    expect(after.number).toBeGreaterThan(before.number);
    expect(after.timestamp).toBeGreaterThan(before.timestamp);
  });
});

describe("a devnet's clock", () => {
  test("given a chain that was ahead, it goes on there after a restart, and no block is older than the last", async () => {
    const first = await start();
    await rpc(first.url, "evm_increaseTime", [14_400]);
    await rpc(first.url, "evm_mine");
    const before = await latest(first.url);
    await first.stop();

    const second = await start();
    expect(Number(second.aheadSeconds)).toBeGreaterThan(14_390);
    await rpc(second.url, "evm_mine");
    expect((await latest(second.url)).timestamp).toBeGreaterThanOrEqual(before.timestamp);
  });

  test("given a ledger that is ahead, a new chain begins at its time", async () => {
    const devnet = await start({ aheadSeconds: 86_400n });
    await rpc(devnet.url, "evm_mine");
    const { timestamp } = await latest(devnet.url);
    expect(Math.abs(timestamp - (Date.now() / 1_000 + 86_400))).toBeLessThan(30);
  });
});

async function start(options: { ticking?: boolean; aheadSeconds?: bigint } = {}): Promise<Devnet> {
  const devnet = await startDevnet({ anvil, folder, ticking: false, ...options });
  running.push(devnet);
  return devnet;
}

async function firstBlock(url: string): Promise<Hex> {
  const { hash } = await rpc<{ hash: Hex }>(url, "eth_getBlockByNumber", ["0x1", false]);
  return hash;
}

async function latest(url: string): Promise<{ number: number; hash: Hex; timestamp: number }> {
  const block = await rpc<{ number: Hex; hash: Hex; timestamp: Hex }>(url, "eth_getBlockByNumber", [
    "latest",
    false,
  ]);
  return { number: Number(block.number), hash: block.hash, timestamp: Number(block.timestamp) };
}
