import { describe, expect, test } from "vitest";
import { readOptions, UsageError } from "./options";

describe("options of contracts:deploy", () => {
  test("by default: all contracts, the network's public node, a state in DATA_DIR, nothing spent unasked", () => {
    const options = readOptions(["--network", "base-sepolia"], { DATA_DIR: "/data" });
    if (options === "help") throw new Error("Nobody asked for help.");
    expect(options.network.chainId).toBe(84_532);
    expect(options.rpcUrl).toBe("https://sepolia.base.org");
    expect(options.only).toContain("StreamPay");
    expect(options.stateFile).toBe("/data/deployments/base-sepolia.json");
    expect(options.maxGasPrice).toBe(500_000_000_000n);
    expect([options.owner, options.keystore, options.dryRun, options.yes]).toEqual([
      null,
      null,
      false,
      false,
    ]);
  });

  test("RPC_URL wins over the public node, and an empty one counts as absent", () => {
    const rpcOf = (RPC_URL: string) => {
      const options = readOptions(["--network", "base"], { RPC_URL });
      return options === "help" ? null : options.rpcUrl;
    };
    expect(rpcOf("https://node.example/key")).toBe("https://node.example/key");
    expect(rpcOf("")).toBe("https://mainnet.base.org");
  });

  test("--help wins over whatever else is wrong", () => {
    expect(readOptions(["--help", "--network", "atlantis"], {})).toBe("help");
  });

  test.each([
    { args: [], says: "Say where: --network base-sepolia." },
    { args: ["--network", "atlantis"], says: "--network is one of devnet, base," },
    { args: ["--network", "devnet"], says: "Superstream devnet has no public node: set RPC_URL." },
    { args: ["--network", "base", "--only", "Ponzi"], says: "--only takes " },
    {
      args: ["--network", "base", "--owner", "0x12"],
      says: "--owner is an address whose checksum is right.",
    },
    {
      args: ["--network", "base", "--owner", "0xD04383398dD2426297da660F9CCA3d439AF9ce1c"],
      says: "--owner is an address whose checksum is right.",
    },
    { args: ["--network", "base", "--max-gwei", "-1"], says: "--max-gwei" },
    { args: ["--network", "base", "--max-gwei=much"], says: "--max-gwei is a number such as 500 or 0.05." },
    { args: ["--network", "base", "--fast"], says: "Unknown option '--fast'" },
    { args: ["base"], says: "Unexpected argument 'base'" },
  ])("$args is refused: $says", ({ args, says }) => {
    expect(() => readOptions(args, {})).toThrow(UsageError);
    expect(() => readOptions(args, {})).toThrow(says);
  });
});
