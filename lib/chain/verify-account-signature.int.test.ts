/** Signatures by real accounts on a real chain: keys, smart accounts, delegated keys, and accounts that do not exist yet. */
import {
  type Address,
  concat,
  createPublicClient,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  hashMessage,
  http,
  keccak256,
  pad,
  serializeErc6492Signature,
} from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testWalletAbi } from "@/contracts-abi/test-wallet";
import { testWalletBytecode } from "@/contracts-abi/test-wallet-bytecode";
import { testWalletFactoryAbi } from "@/contracts-abi/test-wallet-factory";
import { testWalletFactoryBytecode } from "@/contracts-abi/test-wallet-factory-bytecode";
import { startTestDevnet } from "@/lib/testing/devnet";
import type { ChainClient } from "./public-client";
import { type AccountSignatureRules, verifyAccountSignature } from "./verify-account-signature";

const hash = hashMessage("Pay for it.");
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let client: ChainClient;
let factory: Address;
let sender: Address;

beforeAll(async () => {
  devnet = await startTestDevnet();
  client = createPublicClient({
    chain: foundry,
    transport: http(devnet.rpcUrl, { retryCount: 0 }),
  }) as ChainClient;
  [sender] = (await devnet.chain.getAddresses()) as [Address];
  factory = await deploy(testWalletFactoryBytecode);
});
afterAll(() => devnet?.stop());

function rules(over: Partial<AccountSignatureRules> = {}): AccountSignatureRules {
  return { client: async () => client, order: "code-first", factories: [], ...over };
}

const newKey = () => privateKeyToAccount(generatePrivateKey());

async function deploy(data: Hex): Promise<Address> {
  const transaction = await devnet.chain.sendTransaction({ account: sender, data, chain: foundry });
  const { contractAddress } = await devnet.chain.waitForTransactionReceipt({ hash: transaction });
  if (!contractAddress) throw new Error("Nothing was deployed.");
  return contractAddress;
}

function walletCode(owner: Address): Hex {
  return encodeDeployData({ abi: testWalletAbi, bytecode: testWalletBytecode, args: [owner] });
}

/** A deployed wallet of one owner. */
async function newWallet(): Promise<{ owner: PrivateKeyAccount; address: Address }> {
  const owner = newKey();
  return { owner, address: await deploy(walletCode(owner.address)) };
}

describe("a key", () => {
  test.each(["key-first", "code-first"] as const)(
    "asked %s, it signs for its own address alone",
    async (order) => {
      const key = newKey();
      const signature = await key.sign({ hash });
      expect(await verifyAccountSignature({ address: key.address, hash, signature }, rules({ order }))).toBe(
        true,
      );
      const other = newKey().address;
      expect(await verifyAccountSignature({ address: other, hash, signature }, rules({ order }))).toBe(false);
      const elsewhere = hashMessage("Pay for something else.");
      expect(
        await verifyAccountSignature({ address: key.address, hash: elsewhere, signature }, rules({ order })),
      ).toBe(false);
    },
  );

  test("the other half of the curve is not its signature", async () => {
    const key = newKey();
    const signature = await key.sign({ hash });
    const s =
      0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n -
      BigInt(`0x${signature.slice(66, 130)}`);
    const high =
      `${signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${signature.endsWith("1b") ? "1c" : "1b"}` as Hex;
    expect(await verifyAccountSignature({ address: key.address, hash, signature: high }, rules())).toBe(
      false,
    );
  });
});

describe("a smart account (ERC-1271)", () => {
  test("is signed for by its owner, and by nobody from the block in which the owner was removed", async () => {
    const { owner, address } = await newWallet();
    const signature = await owner.sign({ hash });
    const asked = { address, hash, signature };
    expect(await verifyAccountSignature(asked, rules())).toBe(true);
    expect(await verifyAccountSignature(asked, rules({ order: "key-first" }))).toBe(true);
    const stranger = { ...asked, signature: await newKey().sign({ hash }) };
    expect(await verifyAccountSignature(stranger, rules())).toBe(false);

    const removal = encodeFunctionData({
      abi: testWalletAbi,
      functionName: "setOwner",
      args: [owner.address, false],
    });
    await devnet.chain.setBalance({ address: owner.address, value: 10n ** 18n });
    const serialized = await owner.signTransaction({
      chainId: 31_337,
      to: address,
      data: removal,
      gas: 200_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 1n,
      nonce: 0,
      type: "eip1559",
    });
    await devnet.chain.waitForTransactionReceipt({
      hash: await devnet.chain.sendRawTransaction({ serializedTransaction: serialized }),
    });
    expect(await verifyAccountSignature(asked, rules())).toBe(false);
  });

  test("without a chain to ask, nobody signs for it", async () => {
    const { owner, address } = await newWallet();
    const asked = { address, hash, signature: await owner.sign({ hash }) };
    expect(await verifyAccountSignature(asked, rules({ client: null, order: "key-first" }))).toBe(false);
  });

  test.each<{ given: string; code: Hex }>([
    { given: "that reverts", code: "0x60006000fd" },
    { given: "that spends all gas", code: "0x5b600056" },
    { given: "with an invalid opcode", code: "0xfe" },
    { given: "that answers nothing", code: "0x00" },
    // PUSH4 magic, PUSH1 224, SHL … as 64 bytes: the magic value with something behind it.
    { given: "that answers more than one word", code: "0x631626ba7e60e01b60005260406000f3" },
    { given: "that answers 1, as a boolean", code: "0x600160005260206000f3" },
  ])("a contract $given did not sign", async ({ code }) => {
    const address = newKey().address;
    await devnet.chain.setCode({ address, bytecode: code });
    const signature = await newKey().sign({ hash });
    expect(await verifyAccountSignature({ address, hash, signature }, rules())).toBe(false);
  });
});

describe("a key that delegated its address to code (EIP-7702)", () => {
  test("is judged by that code on a chain: by what it delegates to, not by its key", async () => {
    const key = newKey();
    const { address: implementation } = await newWallet();
    const authorization = await key.signAuthorization({
      chainId: 31_337,
      contractAddress: implementation,
      nonce: 0,
    });
    await devnet.chain.waitForTransactionReceipt({
      hash: await devnet.chain.sendTransaction({
        account: sender,
        to: key.address,
        authorizationList: [authorization],
        chain: foundry,
      }),
    });
    expect(await client.getCode({ address: key.address })).toBe(
      `0xef0100${implementation.slice(2).toLowerCase()}`,
    );
    const asked = { address: key.address, hash, signature: await key.sign({ hash }) };
    expect(await verifyAccountSignature(asked, rules())).toBe(true);

    // The same key, whose address now stands for code that accepts nothing.
    const mute = newKey().address;
    await devnet.chain.setCode({ address: mute, bytecode: "0x00" });
    await devnet.chain.setCode({ address: key.address, bytecode: concat(["0xef0100", mute]) });
    expect(await verifyAccountSignature(asked, rules())).toBe(false);
    // The ledger works without a chain: there the key still speaks for its address.
    expect(await verifyAccountSignature(asked, rules({ order: "key-first" }))).toBe(true);
  });
});

describe("an account that does not exist yet (ERC-6492)", () => {
  /** What the owner of a wallet that `of` would create signs for it. */
  async function counterfactual(of: Address = factory) {
    const owner = newKey();
    const salt = pad("0x07", { size: 32 });
    const address = getContractAddress({
      opcode: "CREATE2",
      from: of,
      salt,
      bytecodeHash: keccak256(walletCode(owner.address)),
    });
    const data = encodeFunctionData({
      abi: testWalletFactoryAbi,
      functionName: "create",
      args: [owner.address, salt],
    });
    const inner = await owner.sign({ hash });
    const signature = serializeErc6492Signature({ address: of, data, signature: inner });
    return { asked: { address, hash, signature }, inner, data };
  }
  const allowed = () => rules({ order: "key-first", factories: [factory.toLowerCase()] });

  test("signs through a factory of the list, and through no other", async () => {
    const { asked } = await counterfactual();
    expect(await verifyAccountSignature(asked, allowed())).toBe(true);
    expect(await verifyAccountSignature(asked, rules({ order: "key-first" }))).toBe(false);
    const { asked: elsewhere } = await counterfactual(await deploy(testWalletFactoryBytecode));
    expect(await verifyAccountSignature(elsewhere, allowed())).toBe(false);
    expect(await client.getCode({ address: asked.address })).toBeUndefined(); // Asking made nothing.
  });

  test("is not impersonated by what the factory makes for somebody else, nor by a signature of its neighbour's", async () => {
    const { asked } = await counterfactual();
    const { asked: other } = await counterfactual();
    expect(await verifyAccountSignature({ ...other, address: asked.address }, allowed())).toBe(false);
    expect(await verifyAccountSignature({ ...asked, address: newKey().address }, allowed())).toBe(false);
  });

  test("once it exists, what it says itself counts, through any factory", async () => {
    const { asked, data } = await counterfactual();
    await devnet.chain.waitForTransactionReceipt({
      hash: await devnet.chain.sendTransaction({ account: sender, to: factory, data, chain: foundry }),
    });
    expect(await verifyAccountSignature(asked, rules())).toBe(true);
    const forged = serializeErc6492Signature({
      address: factory,
      data,
      signature: await newKey().sign({ hash }),
    });
    expect(await verifyAccountSignature({ ...asked, signature: forged }, allowed())).toBe(false);
  });
});

describe("what cannot be a signature", () => {
  test.each<{ given: string; signature: Hex }>([
    { given: "nothing", signature: "0x" },
    { given: "half a byte", signature: "0x123" },
    { given: "64 zeros", signature: `0x${"00".repeat(64)}` },
    { given: "65 of 0xff", signature: `0x${"ff".repeat(65)}` },
    { given: "66 bytes", signature: `0x${"11".repeat(66)}` },
    { given: "a wrapping with garbage inside", signature: `0x${"ab".repeat(40)}${"6492".repeat(16)}` },
  ])("$given is refused", async ({ signature }) => {
    expect(await verifyAccountSignature({ address: newKey().address, hash, signature }, rules())).toBe(false);
  });

  test("20 kB are refused by their size: the chain is not asked", async () => {
    let questions = 0;
    const counting = rules({
      client: async () => {
        questions += 1;
        return client;
      },
    });
    const { address } = await newWallet();
    const signature: Hex = `0x${"11".repeat(20_000)}`;
    expect(await verifyAccountSignature({ address, hash, signature }, counting)).toBe(false);
    expect(questions).toBe(0);
  });
});

describe("a chain that does not answer", () => {
  test("is never a wrong signature: 503, within its patience", async () => {
    const away = createPublicClient({
      chain: foundry,
      transport: http("http://127.0.0.1:9", { retryCount: 0 }),
    }) as ChainClient;
    const key = newKey();
    const asked = { address: key.address, hash, signature: await key.sign({ hash }) };
    await expect(verifyAccountSignature(asked, rules({ client: async () => away }))).rejects.toMatchObject({
      code: "unavailable",
    });
    // What the ledger takes from a key needs no chain.
    expect(await verifyAccountSignature(asked, rules({ client: async () => away, order: "key-first" }))).toBe(
      true,
    );
  });

  test("one that hangs is given up after five seconds", async () => {
    const started = performance.now();
    const asked = { address: newKey().address, hash, signature: await newKey().sign({ hash }) };
    await expect(
      verifyAccountSignature(asked, rules({ client: () => new Promise(() => {}) })),
    ).rejects.toMatchObject({ code: "unavailable" });
    expect(performance.now() - started).toBeGreaterThan(4_900); // And the test's own time shows that it does end.
  }, 10_000);
});
