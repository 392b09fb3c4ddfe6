import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Hex, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findNetworkByKey } from "@/lib/chain/networks";
import { gatedNode, type Hold } from "@/lib/testing/gated-node";
import { type Anvil, startAnvil } from "@/lib/testing/start-anvil";
import { Refusal } from "../report.mjs";
import { create2Address } from "./create2";
import { deployableNames, listDeployables } from "./deployables";
import { readOptions } from "./options";
import { runDeployment } from "./run-deployment";

/** Two confirmations, so a run takes few blocks. The chain is anvil's; only its number is Fuji's. */
const fuji = findNetworkByKey("avalanche-fuji");
if (!fuji?.superfluid) throw new Error("Fuji is not in the table.");
const { host, cfa } = fuji.superfluid;

let chain: Anvil;
let key: Hex;
let deployer: `0x${string}`;
let folder: string;
let state: string;
let started: ChildProcess[] = [];

beforeEach(async () => {
  chain = await startAnvil(["--chain-id", "43113", "--block-time", "1", "--mixed-mining"]);
  key = generatePrivateKey();
  deployer = privateKeyToAccount(key).address;
  folder = mkdtempSync(join(tmpdir(), "superstream-deploy-"));
  state = join(folder, "state.json");
  started = [];
  await chain.control.setBalance({ address: deployer, value: parseEther("10") });
  // What SessionOperator's constructor asks the host for: any address. PUSH20 … PUSH0 MSTORE PUSH1 32 PUSH0 RETURN.
  for (const address of [host, cfa])
    await chain.control.setCode({ address, bytecode: `0x73${"ab".repeat(20)}5f5260205ff3` });
});
afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("npm run contracts:deploy", () => {
  test("a dry run prints addresses, gas, cost and balance, and sends nothing", async () => {
    const { refused, output } = await deploy(["--dry-run"]);
    expect(output).toContain("Avalanche Fuji (chain 43113), dry run");
    expect(output).toContain(`deployer ${deployer}, balance 10 AVAX`);
    for (const { name, address } of expected())
      expect(output).toMatch(
        new RegExp(`${name} ${address}: up to \\d{7} gas, about 0\\.\\d+ AVAX, at most 0\\.\\d+`),
      );
    expect(output).toMatch(/in all about 0\.\d+ AVAX, at most 0\.\d+\nNothing was sent\./);
    expect(refused).toBe(false);
    expect(await transactions()).toBe(0);
    expect(existsSync(state)).toBe(false);
  });

  test("it deploys all, says the settings; a second run sends nothing and says the same settings", async () => {
    const first = await deploy();
    expect(first.output).toMatch(/STREAM_PAY_ADDRESS=0x[0-9a-fA-F]{40}\n/);
    expect(first.output).toMatch(/START_BLOCK=\d+\n/);
    expect(first.refused).toBe(false);
    await allThere();
    expect(await transactions()).toBe(deployableNames.length);

    const gate = await gatedNode(chain.url);
    const second = await deploy([], { RPC_URL: gate.url });
    await gate.close();
    expect(second.refused).toBe(false);
    expect(gate.methods).not.toContain("eth_sendRawTransaction");
    expect(settingsIn(second.output)).toEqual(settingsIn(first.output));
  });

  test("what owns StreamPay is who --owner names", async () => {
    const owner = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    const { refused, output } = await deploy(["--only", "StreamPay", "--owner", owner]);
    expect(refused).toBe(false);
    const address = /STREAM_PAY_ADDRESS=(0x\w+)/.exec(output)?.[1] as `0x${string}`;
    // owner()
    const { data } = await chain.reader.call({ to: address, data: "0x8da5cb5b" });
    expect(data).toBe(`0x${"0".repeat(24)}${owner.slice(2).toLowerCase()}`);
  });

  const last = deployableNames.length;
  const kills: Hold[] = [
    { method: "eth_estimateGas", nth: 1, when: "before" },
    { method: "eth_getTransactionCount", nth: 1, when: "after" },
    { method: "eth_sendRawTransaction", nth: 1, when: "before" },
    { method: "eth_sendRawTransaction", nth: 1, when: "after" },
    { method: "eth_getTransactionReceipt", nth: 1, when: "before" },
    ...(last > 1
      ? ([
          { method: "eth_getTransactionCount", nth: last, when: "after" },
          { method: "eth_sendRawTransaction", nth: last, when: "before" },
          { method: "eth_sendRawTransaction", nth: last, when: "after" },
        ] as const)
      : []),
    { method: "eth_blockNumber", nth: 1, when: "before" },
  ];
  test.each(kills)(
    "killed $when its $method ($nth), the next run ends with each contract created once",
    async (hold) => {
      const gate = await gatedNode(chain.url, hold);
      const child = start([], { RPC_URL: gate.url });
      await gate.held;
      child.kill("SIGKILL");
      await gate.close();

      const { refused } = await deploy();
      expect(refused).toBe(false);
      await allThere();
      expect(await transactions()).toBe(deployableNames.length);
    },
  );

  test("a transaction that the node has forgotten is sent again as it was signed", async () => {
    await chain.control.setAutomine(false);
    await chain.control.setIntervalMining({ interval: 0 });
    const gate = await gatedNode(chain.url, { method: "eth_sendRawTransaction", nth: 1, when: "after" });
    const child = start([], { RPC_URL: gate.url });
    await gate.held;
    child.kill("SIGKILL");
    await gate.close();
    const [signed] = signedHashes();
    if (!signed) throw new Error("Nothing was signed.");
    await chain.control.dropTransaction({ hash: signed });
    await chain.control.setIntervalMining({ interval: 1 });

    expect((await deploy()).refused).toBe(false);
    expect((await chain.reader.getTransactionReceipt({ hash: signed })).status).toBe("success");
    expect(await transactions()).toBe(deployableNames.length);
  });

  test("a nonce that another transaction has taken meanwhile: it signs anew", async () => {
    const gate = await gatedNode(chain.url, { method: "eth_sendRawTransaction", nth: 1, when: "before" });
    const child = start([], { RPC_URL: gate.url });
    await gate.held;
    child.kill("SIGKILL");
    await gate.close();
    await chain.control.setNonce({ address: deployer, nonce: 7 });

    const { refused, output } = await deploy();
    expect(output).toContain("nonce 0 was used by another transaction; signing anew");
    expect(refused).toBe(false);
    await allThere();
    expect(await transactions()).toBe(7 + deployableNames.length);
  });

  test("a node on another chain is refused, and nothing is sent", async () => {
    const { refused, output } = await deploy(["--network", "base-sepolia"]);
    expect(output).toContain(
      "The node at RPC_URL is on chain 43113, but Base Sepolia is 84532. Nothing was sent.",
    );
    expect(refused).toBe(true);
    expect(await transactions()).toBe(0);
  });

  test("a deployer that cannot pay for all of it is refused before anything is sent", async () => {
    await chain.control.setBalance({ address: deployer, value: parseEther("0.001") });
    const { refused, output } = await deploy();
    expect(output).toMatch(/The deployer lacks up to 0\.\d+ AVAX\. Nothing was sent\./);
    expect(refused).toBe(true);
    expect(await transactions()).toBe(0);
    expect(existsSync(state)).toBe(false);
  });

  test("gas above --max-gwei is refused before anything is sent", async () => {
    const { refused, output } = await deploy(["--max-gwei", "0.5"]);
    expect(output).toContain("Gas costs more than --max-gwei now.");
    expect(refused).toBe(true);
    expect(await transactions()).toBe(0);
  });

  test("real money is not spent without --yes", async () => {
    const { refused, output } = await deploy(["--network", "base"]);
    expect(output).toContain("Base takes real money. Look at --dry-run first, then say --yes.");
    expect(refused).toBe(true);
  });

  test("other code at our address is not taken for ours", async () => {
    const [first] = expected();
    if (!first) throw new Error("Nothing to deploy.");
    await chain.control.setCode({ address: first.address, bytecode: "0x00" });
    const { refused, output } = await deploy();
    expect(output).toContain(`At ${first.address} is code, but not that of ${first.name}: do not use it.`);
    expect(refused).toBe(true);
  });

  test("a state that is half written or of another chain is refused, not overwritten", async () => {
    writeFileSync(state, '{"chainId": 431');
    expect((await deploy()).output).toContain("is not a state of contracts:deploy");
    writeFileSync(state, '{"chainId": 1, "contracts": {}}');
    expect((await deploy()).output).toContain("is of chain 1, not 43113");
    expect(readFileSync(state, "utf8")).toBe('{"chainId": 1, "contracts": {}}');
    expect(await transactions()).toBe(0);
  });

  test("as a program it ends with 0, 1 or 2, and tells its help", async () => {
    const [done, refused, wrong, helped] = await Promise.all([
      endOf(start([])),
      endOf(start(["--network", "base"])),
      endOf(start(["--network", "atlantis"])),
      endOf(start(["--help"])),
    ]);
    expect([done.code, refused.code, wrong.code, helped.code]).toEqual([0, 1, 2, 0]);
    expect(done.output).toMatch(/STREAM_PAY_ADDRESS=0x/);
    expect(refused.output).toBe("Base takes real money. Look at --dry-run first, then say --yes.\n");
    expect(wrong.output).toMatch(/^--network is one of devnet, base,.* See --help\.\n$/);
    expect(helped.output).toContain("npm run contracts:deploy -- --network NAME");
  }, 120_000);

  async function endOf(child: ChildProcess) {
    if (!child.stdout || !child.stderr) throw new Error("The program has no output.");
    const parts = [text(child.stdout), text(child.stderr)];
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, output: (await Promise.all(parts)).join("") };
  }

  function start(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
    const program = ["--import", "./scripts/register-ts.mjs", "scripts/contracts-deploy.ts"];
    const child = spawn(
      process.execPath,
      [...program, "--network", "avalanche-fuji", "--state", state, ...args],
      {
        env: {
          ...process.env,
          RPC_URL: chain.url,
          DEPLOYER_KEY: key,
          VERIFY_URL: "",
          ...environment,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    started.push(child);
    return child;
  }

  /** In this process, for it starts faster. Whatever happens, neither the key nor the node's address is printed. */
  async function deploy(args: readonly string[] = [], environment: Record<string, string> = {}) {
    const lines: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
    const settings = { RPC_URL: chain.url, DEPLOYER_KEY: key, ...environment };
    const refusal = await runDeployment(optionsOf(args, settings), settings).then(
      () => null,
      (error: unknown) => error,
    );
    log.mockRestore();
    if (refusal !== null && !(refusal instanceof Refusal)) throw refusal;
    const output = [...lines, refusal?.message ?? ""].join("\n");
    expect(output).not.toContain(key.slice(2));
    expect(output).not.toContain(chain.url);
    return { refused: refusal !== null, output };
  }

  function optionsOf(args: readonly string[], settings: Record<string, string>) {
    const options = readOptions(["--network", "avalanche-fuji", "--state", state, ...args], settings);
    if (options === "help") throw new Error("Nobody asked for help.");
    return options;
  }

  function expected() {
    if (!fuji) throw new Error("No Fuji.");
    const { deployables } = listDeployables(fuji, deployer, deployableNames);
    return deployables.map(({ name, initCode }) => ({ name, address: create2Address(initCode) }));
  }

  async function allThere(): Promise<void> {
    const codes = await Promise.all(expected().map(({ address }) => chain.reader.getCode({ address })));
    expect(codes.map((code) => (code?.length ?? 0) > 1_000)).toEqual(deployableNames.map(() => true));
  }

  function transactions(): Promise<number> {
    return chain.reader.getTransactionCount({ address: deployer });
  }

  function signedHashes(): Hex[] {
    const { contracts } = JSON.parse(readFileSync(state, "utf8")) as {
      contracts: Record<string, { transactions: { hash: Hex }[] }>;
    };
    return Object.values(contracts).flatMap(({ transactions: all }) => all.map(({ hash }) => hash));
  }

  function settingsIn(output: string): string[] {
    return output.split("\n").filter((line) => /^[A-Z_]+=/.test(line));
  }
});
