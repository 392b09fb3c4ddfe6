import { type Address, createPublicClient, getAddress, type Hex, http, parseEther, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { findNetwork } from "@/lib/chain/networks";
import type { ChainClient } from "@/lib/chain/public-client";
import { chainReader } from "@/lib/indexer/chain-reader";
import { indexOnce } from "@/lib/indexer/index-once";
import { type ChainIndex, openIndex } from "@/lib/indexer/open-index";
import { storeAssets } from "@/lib/rails/chain-assets";
import type { ChainPlace } from "@/lib/rails/chain-place";
import { chainProjections } from "@/lib/rails/chain-projections";
import { authorizationTypedData, createNonce } from "@/lib/rails/streampay/streampay-authorization";
import { startTestDevnet } from "@/lib/testing/devnet";
import { authorise, listProvider, someCall } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { outboxLane } from "@/lib/testing/outbox-lane";
import { findRelay } from "./find-relay";
import { type RelayOpeningInput, relayOpening } from "./relay-opening";

const ledger = ledgerForFile();
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let place: ChainPlace;
let index: ChainIndex;
let box: ReturnType<typeof outboxLane>;
let provider: Awaited<ReturnType<typeof listProvider>>;
let tag: bigint;

/** A day at a dollar a day, in millionths. */
const DAY_MS = 86_400_000n;
const DEPOSIT = 1_000_000n;

beforeAll(async () => {
  devnet = await startTestDevnet();
  const network = findNetwork(31_337);
  if (!network) throw new Error("The table has no devnet.");
  const transport = http(devnet.rpcUrl, { retryCount: 0 });
  const batch = { multicall: { deployless: true } } as const;
  const client = createPublicClient({ chain: foundry, transport, batch }) as ChainClient;
  const contracts = { streamPay: devnet.addresses.streamPay, computeRegistry: null, sessionOperator: null };
  place = { network, contracts, client: async () => client, db: () => ledger.db };
  await storeAssets(ledger.db, network);
  index = openIndex({
    network: { ...network, startBlock: devnet.addresses.startBlock },
    readers: [chainReader(client)],
    projections: chainProjections({ network, contracts }, async () => client),
    db: ledger.db,
  });
  box = outboxLane({ db: ledger.db, rpcUrl: devnet.rpcUrl });
  await devnet.chain.setBalance({ address: box.account.address, value: parseEther("10") });
  provider = await listProvider(ledger.db);
  const { rows } = await ledger.db.query("select provider_tag($1)::text as tag", [provider.id]);
  tag = BigInt(rows[0].tag);
});
afterAll(() => devnet?.stop());

const tools = (pass: () => Promise<unknown> = box.pass) => ({
  db: ledger.db,
  place,
  relayer: box.account.address,
  pass,
});
const usdcOf = (address: Address) =>
  devnet.chain.readContract({
    ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, functionName: "balanceOf", args: [address] },
  });

type Bend = Partial<{
  recipient: Address;
  amount: bigint;
  tag: bigint;
  signer: ReturnType<typeof privateKeyToAccount>;
  to: Address;
  chainId: number;
  validAfter: bigint;
  validBefore: bigint;
}>;

/** What a wallet would send, with what it signed, but for what a test bends. `funded`: it has USDC, and no coin. */
async function signedOpening({ funded = true, bend = {} as Bend } = {}) {
  const payer = privateKeyToAccount(generatePrivateKey());
  if (funded) {
    await devnet.fund(payer.address);
    await devnet.chain.setBalance({ address: payer.address, value: 0n });
  }
  const salt: Hex = toHex(crypto.getRandomValues(new Uint8Array(32)));
  const { usdc: address, streamPay } = devnet.addresses;
  const at = { streamPay, token: { address, symbol: "USDC", decimals: 6 } };
  const terms = {
    recipient: bend.recipient ?? getAddress(provider.owner),
    amount: bend.amount ?? DEPOSIT,
    durationSeconds: 86_400n,
    tag: bend.tag ?? tag,
  };
  const chainId = bend.chainId ?? 31_337;
  const nonce = createNonce(at, terms, { chainId, sender: payer.address, salt });
  const window = {
    validAfter: bend.validAfter ?? 0n,
    validBefore: bend.validBefore ?? BigInt(Math.floor(Date.now() / 1000)) + 86_400n,
  };
  const domain = { name: "USD Coin", version: "2", chainId, verifyingContract: address };
  const message = { from: payer.address, to: bend.to ?? streamPay, value: terms.amount, nonce, ...window };
  const signature = await (bend.signer ?? payer).signTypedData(authorizationTypedData(domain, message));
  const input: RelayOpeningInput = {
    ...{
      providerId: provider.id,
      tier: "basic",
      payer: payer.address.toLowerCase(),
      durationMs: DAY_MS,
      deposit: DEPOSIT,
    },
    ...{ salt, signature, ...window },
  };
  return { payer, nonce, input };
}

async function catchUp(): Promise<void> {
  for (let step = 0; step < 50; step += 1) if ((await indexOnce(index)).state === "current") return;
  throw new Error("The index does not catch up.");
}
async function intents(): Promise<number> {
  const { rows } = await ledger.db.query("select count(*)::int as n from chain_intent");
  return rows[0].n;
}

describe("an opening that the server sends", () => {
  test("needs one signature and no coin of its payer, opens once, and authorises calls", async () => {
    const { payer, nonce, input } = await signedOpening();
    const [first, second] = await Promise.all([relayOpening(input, tools()), relayOpening(input, tools())]);
    expect([first.relayId, second.relayId]).toEqual([nonce, nonce]);
    for (let n = 0; n < 20 && (await findRelay(31_337, nonce, ledger.db))?.state !== "confirmed"; n += 1)
      await box.pass();
    await catchUp();
    const third = await relayOpening(input, tools());
    expect(third).toMatchObject({ state: "confirmed", error: null });
    expect(third.streamId).toMatch(/^str_/);
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - DEPOSIT);
    const { rows } = await ledger.db.query(
      "select id, rail, status, tier, funded from stream where sender = $1",
      [input.payer],
    );
    expect(rows).toEqual([
      { id: third.streamId, rail: "streampay", status: "active", tier: "basic", funded: "1000000" },
    ]);
    const call = someCall({ providerId: provider.id, payer: input.payer, tier: "basic" });
    expect(await authorise(ledger.db, call)).toMatchObject({ outcome: "authorised", payer: input.payer });
  });

  test("goes on with another server when the first died after it was written down", async () => {
    const { payer, nonce, input } = await signedOpening();
    const dead = async () => {
      throw new Error("died");
    };
    expect(await relayOpening(input, tools(dead))).toMatchObject({ state: "pending", transaction: null });
    await box.until(`relay:31337:${nonce}`, "confirmed");
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - DEPOSIT);
  });
});

describe("is refused before anything is written", () => {
  const stranger = privateKeyToAccount(generatePrivateKey());
  const now = () => BigInt(Math.floor(Date.now() / 1000));
  test.each<[string, () => Bend, Partial<RelayOpeningInput>, string]>([
    [
      "terms that the payer did not sign: another recipient",
      () => ({ recipient: stranger.address }),
      {},
      "invalid-signature",
    ],
    ["another provider's tag", () => ({ tag: 7n }), {}, "invalid-signature"],
    ["a signature of somebody else", () => ({ signer: stranger }), {}, "invalid-signature"],
    ["a signature for another contract", () => ({ to: stranger.address }), {}, "invalid-signature"],
    ["a signature for another chain", () => ({ chainId: 8_453 }), {}, "invalid-signature"],
    ["less than the price", () => ({ amount: 999_999n }), { deposit: 999_999n }, "invalid-input"],
    ["18 decimals", () => ({ amount: 10n ** 18n }), { deposit: 10n ** 18n }, "invalid-input"],
    ["a price that was not signed for", () => ({ amount: 1n }), {}, "invalid-signature"],
    ["less time than the provider asks for", () => ({}), { durationMs: 3_600_000n }, "invalid-input"],
    ["what has expired", () => ({ validBefore: now() - 1n }), {}, "invalid-input"],
    [
      "what begins tomorrow",
      () => ({ validAfter: now() + 86_400n, validBefore: now() + 90_000n }),
      {},
      "invalid-input",
    ],
    ["an unknown provider", () => ({}), { providerId: "nobody" }, "provider-not-found"],
    ["an unknown tier", () => ({}), { tier: "gold" }, "unknown-tier"],
  ])("%s", async (_what, bend, over, code) => {
    const { payer, input } = await signedOpening({ bend: bend() });
    const before = await intents();
    await expect(relayOpening({ ...input, ...over }, tools())).rejects.toMatchObject({ code });
    expect(await intents()).toBe(before);
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n);
  });

  test("a payer without the money", async () => {
    const { input } = await signedOpening({ funded: false });
    const before = await intents();
    await expect(relayOpening(input, tools())).rejects.toMatchObject({ code: "insufficient-balance" });
    expect(await intents()).toBe(before);
  });

  test("where there is no chain, or nothing to send with", async () => {
    const { input } = await signedOpening();
    const none = { ...tools(), relayer: null };
    await expect(relayOpening(input, none)).rejects.toMatchObject({ code: "not-available-here" });
    await expect(relayOpening(input, { ...tools(), place: null })).rejects.toMatchObject({
      code: "not-available-here",
    });
  });
});
