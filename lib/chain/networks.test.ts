import { isAddress } from "viem";
import { describe, expect, test } from "vitest";
import { readPackages } from "@/scripts/networks/read-packages";
import { explorerLink } from "./explorer-link";
import type { Network } from "./network";
import { findNetwork, findNetworkByKey, networks } from "./networks";
import { realNetworks } from "./networks.generated";

describe("the table of networks", () => {
  test("it is what the installed packages say: after an update, npm run networks:write", () => {
    expect(realNetworks).toEqual(readPackages());
  });

  test("it holds the chains of the product, each once", () => {
    expect(networks.map(({ key, chainId }) => `${key} ${chainId}`)).toEqual([
      "devnet 31337",
      "base 8453",
      "optimism 10",
      "polygon 137",
      "arbitrum 42161",
      "bsc 56",
      "base-sepolia 84532",
      "optimism-sepolia 11155420",
      "sepolia 11155111",
      "avalanche-fuji 43113",
      "bsc-testnet 97",
      "polygon-amoy 80002",
      "arbitrum-sepolia 421614",
    ]);
  });

  // Host, wrapped USDC and its decimals as docs of Superfluid's console list them.
  test.each([
    ["base", "0x4C073B3baB6d8826b8C5b229f3cfdC1eC6E47E74", "0xD04383398dD2426297da660F9CCA3d439AF9ce1b", 6],
    [
      "polygon",
      "0x3E14dC1b13c488a8d5D310918780c983bD5982E7",
      "0x07b24BBD834c1c546EcE89fF95f71D9F13a2eBD1",
      6,
    ],
    [
      "optimism",
      "0x567c4B141ED61923967cA25Ef4906C8781069a10",
      "0x35Adeb0638EB192755B6E52544650603Fe65A006",
      6,
    ],
    [
      "arbitrum",
      "0xCf8Acb4eF033efF16E8080aed4c7D5B9285D2192",
      "0xFc55F2854e74b4f42D01a6d3DAAC4c52D9dfdcFf",
      6,
    ],
    ["bsc", "0xd1e2cFb6441680002Eb7A44223160aB9B67d7E6E", "0x0419e1fA3671754F77EC7D5416219A5f9A08B530", 18],
    [
      "optimism-sepolia",
      "0xd399e2Fb5f4cf3722a11F65b88FAB6B2B8621005",
      "0x131780640EDf9830099AAc2203229073d6D2FE69",
      18,
    ],
    [
      "base-sepolia",
      "0x109412E3C84f0539b43d39dB691B08c90f58dC7c",
      "0x1650581F573eAd727B92073B5Ef8B4f5B94D1648",
      18,
    ],
  ])(
    "on %s streams of dollars run on the host and the token that Superfluid names",
    (key, host, token, decimals) => {
      const network = named(key);
      const dollars = network.superTokens.find(({ symbol }) => /^f?USDCx$/.test(symbol));
      expect(network.superfluid?.host).toBe(host);
      expect(dollars?.address).toBe(token);
      expect(dollars?.decimals).toBe(18);
      expect(dollars?.underlying?.decimals).toBe(decimals);
    },
  );

  test("the CFA forwarder is the same everywhere but on Fuji", () => {
    const others = networks.flatMap(({ key, superfluid }) =>
      superfluid && superfluid.cfaForwarder !== "0xcfA132E353cB4E398080B9700609bb008eceB125"
        ? [`${key} ${superfluid.cfaForwarder}`]
        : [],
    );
    expect(others).toEqual(["avalanche-fuji 0x2CDd45c5182602a36d391F7F16DD9f8386C3bD8D"]);
  });

  test("three test networks have no Superfluid: only StreamPay runs there", () => {
    const without = networks.filter(({ key, superfluid }) => key !== "devnet" && superfluid === null);
    expect(without.map(({ key }) => key)).toEqual(["bsc-testnet", "polygon-amoy", "arbitrum-sepolia"]);
    expect(without.flatMap(({ superTokens }) => superTokens)).toEqual([]);
  });

  test("a token is listed once a network, by a checksummed address, and the coin's wrapper has no underlying", () => {
    for (const { superTokens, coin } of realNetworks) {
      const symbols = superTokens.map(({ symbol }) => symbol);
      expect(new Set(symbols).size).toBe(symbols.length);
      expect(superTokens.every(({ address }) => isAddress(address, { strict: true }))).toBe(true);
      const ofCoin = superTokens.filter(({ underlying }) => underlying === null).map(({ symbol }) => symbol);
      expect(ofCoin).toEqual(superTokens.length > 0 ? [`${coin.symbol}x`] : []);
    }
  });

  test("main networks are told from test networks", () => {
    const real = networks.filter(({ testnet }) => !testnet).map(({ key }) => key);
    expect(real).toEqual(["base", "optimism", "polygon", "arbitrum", "bsc"]);
  });

  test("an unknown chain is null, not a guess", () => {
    expect(findNetwork(1)).toBeNull();
    expect(findNetworkByKey("mainnet")).toBeNull();
    expect(findNetwork(8453)?.name).toBe("Base");
  });
});

describe("explorerLink", () => {
  const hash = `0x${"ab".repeat(32)}` as const;

  test("it leads to the transaction or the account on the network's own explorer", () => {
    expect(explorerLink(named("base"), { transaction: hash })).toBe(`https://basescan.org/tx/${hash}`);
    expect(explorerLink(named("bsc"), { address: "0x0419e1fA3671754F77EC7D5416219A5f9A08B530" })).toBe(
      "https://bscscan.com/address/0x0419e1fA3671754F77EC7D5416219A5f9A08B530",
    );
  });

  test("the devnet has none", () => {
    expect(explorerLink(named("devnet"), { transaction: hash })).toBeNull();
  });
});

function named(key: string): Network {
  const network = findNetworkByKey(key);
  if (!network) throw new Error(`No network ${key}`);
  return network;
}
