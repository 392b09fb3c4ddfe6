import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { superTokenAbi } from "@/contracts-abi/superfluid";
import { startTestDevnet } from "@/lib/testing/devnet";
import { getWallet } from "./get-wallet";
import { givePlayMoney } from "./give-play-money";

const settings = vi.hoisted(() => ({
  NETWORK: "devnet" as "devnet" | "mainnet",
  RPC_URL: undefined as string | undefined,
}));
vi.mock("@/lib/env", async (load) => {
  const real = await load<typeof import("@/lib/env")>();
  return {
    ...real,
    env: {
      ...real.env,
      get NETWORK() {
        return settings.NETWORK;
      },
      get RPC_URL() {
        return settings.RPC_URL;
      },
    },
  };
});

const USDCX_100 = 100n * 10n ** 18n;

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
beforeAll(async () => {
  devnet = await startTestDevnet();
});
afterAll(() => devnet.stop());
beforeEach(() => Object.assign(settings, { NETWORK: "devnet", RPC_URL: devnet.rpcUrl }));

describe("givePlayMoney", () => {
  test("it credits the ledger and fills the same address on the chain", async () => {
    const actor = newAddress();
    expect(await givePlayMoney({ actor, amount: USDCX_100 })).toMatchObject({ balance: USDCX_100 });
    expect(await onChain(actor)).toEqual({ coin: 10n ** 19n, usdcx: 10_000n * 10n ** 18n });
  });

  test("given no chain, it credits the ledger", async () => {
    settings.RPC_URL = undefined;
    const actor = newAddress();
    expect(await givePlayMoney({ actor, amount: USDCX_100 })).toMatchObject({ balance: USDCX_100 });
    expect(await onChain(actor)).toEqual({ coin: 0n, usdcx: 0n });
  });

  test("given a chain that does not answer, what the ledger paid is still said", async () => {
    settings.RPC_URL = "http://127.0.0.1:1";
    const actor = newAddress();
    expect(await givePlayMoney({ actor, amount: USDCX_100 })).toMatchObject({ balance: USDCX_100 });
  });

  test("given more than a day's maximum, it refuses, and the chain gives nothing", async () => {
    const actor = newAddress();
    await expect(givePlayMoney({ actor, amount: 10_001n * 10n ** 18n })).rejects.toMatchObject({
      code: "rate-limited",
    });
    expect(await onChain(actor)).toEqual({ coin: 0n, usdcx: 0n });
  });

  test("given another network, it refuses and writes nothing anywhere", async () => {
    settings.NETWORK = "mainnet";
    const actor = newAddress();
    await expect(givePlayMoney({ actor, amount: USDCX_100 })).rejects.toMatchObject({
      code: "not-available-here",
    });
    expect((await getWallet({ address: actor })).balance).toBe(0n);
    expect(await onChain(actor)).toEqual({ coin: 0n, usdcx: 0n });
  });

  test("given a node on another chain, only the ledger gives", async () => {
    await devnet.chain.request({ method: "anvil_setChainId", params: [8_453] } as never);
    try {
      const actor = newAddress();
      expect(await givePlayMoney({ actor, amount: USDCX_100 })).toMatchObject({ balance: USDCX_100 });
      expect(await onChain(actor)).toEqual({ coin: 0n, usdcx: 0n });
    } finally {
      await devnet.chain.request({ method: "anvil_setChainId", params: [31_337] } as never);
    }
  });
});

function newAddress() {
  return privateKeyToAccount(generatePrivateKey()).address.toLowerCase() as `0x${string}`;
}

async function onChain(address: `0x${string}`): Promise<{ coin: bigint; usdcx: bigint }> {
  const { chain, addresses } = devnet;
  return {
    coin: await chain.getBalance({ address }),
    usdcx: await chain.readContract({
      address: addresses.usdcx,
      abi: superTokenAbi,
      functionName: "balanceOf",
      args: [address],
    }),
  };
}
