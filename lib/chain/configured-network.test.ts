import { describe, expect, test } from "vitest";
import { EnvError, parseEnv } from "@/lib/env";
import { findConfiguredNetwork } from "./configured-network";

const RPC_URL = "https://node.example/key";

describe("findConfiguredNetwork", () => {
  test("given no node, there is no chain", () => {
    expect(configuredBy({})).toBeNull();
    expect(configuredBy({ CHAIN_ID: "8453" })).toBeNull();
  });

  test("given a node, it is the row of the table", () => {
    const configured = configuredBy({ CHAIN_ID: "8453", RPC_URL, RPC_URL_2: "https://other.example" });
    expect(configured?.network.name).toBe("Base");
    expect(configured?.network.confirmations).toBe(5);
    expect(configured?.network.startBlock).toBe(1_000_000);
    expect(configured?.rpcUrls).toEqual(["https://node.example/key", "https://other.example"]);
    expect(configured?.contracts).toEqual({ streamPay: null, computeRegistry: null, sessionOperator: null });
  });

  test("the settings' confirmations, first block and contracts win over the table", () => {
    const streamPay = "0xD04383398dD2426297da660F9CCA3d439AF9ce1b";
    const configured = configuredBy({
      CHAIN_ID: "97",
      RPC_URL,
      CONFIRMATIONS: "3",
      START_BLOCK: "77000000",
      STREAM_PAY_ADDRESS: streamPay,
    });
    expect(configured?.network.confirmations).toBe(3);
    expect(configured?.network.startBlock).toBe(77_000_000);
    expect(configured?.contracts.streamPay).toBe(streamPay);
  });

  test("given a chain that is none of ours, it is refused by name", () => {
    expect(() => configuredBy({ CHAIN_ID: "1", RPC_URL })).toThrow(EnvError);
    expect(() => configuredBy({ CHAIN_ID: "1", RPC_URL })).toThrow(/^CHAIN_ID: 1 is none/);
  });

  test("given an address with one digit changed, its checksum gives it away", () => {
    const mistyped = "0xD04383398dD2426297da660F9CCA3d439AF9ce1c";
    expect(() => configuredBy({ RPC_URL, COMPUTE_REGISTRY_ADDRESS: mistyped })).toThrow(
      "COMPUTE_REGISTRY_ADDRESS: its checksum is wrong, so a digit may be",
    );
  });
});

function configuredBy(source: Record<string, string>) {
  return findConfiguredNetwork(parseEnv(source, () => {}));
}
