import {
  type Abi,
  type Address,
  createWalletClient,
  type Hex,
  http,
  type PrivateKeyAccount,
  parseEther,
  zeroAddress,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { base, foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { streamPayBytecode } from "@/contracts-abi/stream-pay-bytecode";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { testUsdcBytecode } from "@/contracts-abi/test-usdc-bytecode";
import { type Anvil, startAnvil } from "@/lib/testing/start-anvil";
import { decodeError, describeFailedReceipt } from "./decode-error";

const facts = { token: "USDCx", underlying: "USDC", coin: "ETH", chain: "Base" };
const recipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Errors as a node and viem really give them, from our own contracts on a chain of this test. */
describe("decodeError, of real reverts", () => {
  let chain: Anvil;
  let sender: PrivateKeyAccount;
  let streamPay: Address;
  let usdc: Address;

  beforeAll(async () => {
    chain = await startAnvil();
    sender = privateKeyToAccount(generatePrivateKey());
    await chain.control.setBalance({ address: sender.address, value: parseEther("10") });
    streamPay = await deploy(streamPayAbi, streamPayBytecode, [sender.address]);
    usdc = await deploy(testUsdcAbi, testUsdcBytecode, []);
  });
  afterAll(() => chain?.stop());

  test.each([
    {
      given: "a stream to oneself",
      to: "sender",
      value: 600n,
      duration: 60n,
      name: "SelfStream",
      sentence: "You cannot stream to yourself.",
    },
    {
      given: "a second too long",
      to: recipient,
      value: 600n,
      duration: 0n,
      name: "DurationInvalid",
      sentence: "A stream runs for one second to 365 days.",
    },
    {
      given: "no money",
      to: recipient,
      value: 0n,
      duration: 60n,
      name: "AmountZero",
      sentence: "The amount must be more than zero.",
    },
    {
      given: "less than a wei a second",
      to: recipient,
      value: 59n,
      duration: 60n,
      name: "AmountBelowDuration",
      sentence: "The amount is less than one base unit for each second: send more, or for a shorter time.",
    },
    {
      given: "nobody",
      to: zeroAddress,
      value: 600n,
      duration: 60n,
      name: "RecipientInvalid",
      sentence: "That address cannot receive a stream.",
    },
  ])("opening with $given: $sentence", async ({ to, value, duration, name, sentence }) => {
    const error = await errorOf(
      chain.reader.simulateContract({
        account: sender,
        address: streamPay,
        abi: streamPayAbi,
        functionName: "createStream",
        args: [to === "sender" ? sender.address : (to as Address), duration, 0, 0n],
        value,
      }),
    );
    expect(decodeError(error, facts)).toEqual({ kind: "contract", sentence, errorName: name });
  });

  test("a stream that is not there", async () => {
    const error = await errorOf(
      chain.reader.simulateContract({
        account: sender,
        address: streamPay,
        abi: streamPayAbi,
        functionName: "withdrawFromStream",
        args: [7n],
      }),
    );
    expect(decodeError(error, facts).sentence).toBe("There is no such stream on the chain.");
  });

  test("a token that the account has none of, read from the estimate of gas", async () => {
    const poor = privateKeyToAccount(generatePrivateKey());
    const error = await errorOf(
      chain.reader.estimateContractGas({
        account: poor,
        address: usdc,
        abi: testUsdcAbi,
        functionName: "transfer",
        args: [recipient, 1n],
      }),
    );
    expect(decodeError(error, facts)).toEqual({
      kind: "contract",
      sentence: "You do not have enough USDC.",
      errorName: "ERC20InsufficientBalance",
    });
  });

  test("the node's bytes by themselves, as a wallet passes them on", async () => {
    const error = await errorOf(
      chain.reader.request({
        method: "eth_call",
        // cancelStream(uint256 7)
        params: [{ to: streamPay, data: `0x6db9241b${"7".padStart(64, "0")}` }, "latest"],
      }),
    );
    expect(decodeError(error).errorName).toBe("StreamNotFound");
  });

  test("no coin for gas", async () => {
    const poor = walletOf(privateKeyToAccount(generatePrivateKey()));
    const error = await errorOf(poor.sendTransaction({ to: recipient, value: 1n }));
    expect(decodeError(error, facts)).toEqual({
      kind: "no-coin",
      sentence: "You do not have enough ETH for gas.",
      errorName: null,
    });
  });

  test("a nonce that is used, and a wallet that is set to another chain", async () => {
    const wallet = walletOf(sender);
    expect(
      decodeError(await errorOf(wallet.sendTransaction({ to: recipient, value: 1n, nonce: 0 }))).kind,
    ).toBe("nonce");
    // An account whose key the wallet has: here anvil is the wallet.
    const account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    const elsewhere = await errorOf(
      wallet.sendTransaction({ account, to: recipient, value: 1n, chain: base }),
    );
    expect(decodeError(elsewhere, facts).kind).toBe("wrong-chain");
  });

  test("a transaction that ran out of gas in its block, and one that was refused there", async () => {
    const open = { address: streamPay, abi: streamPayAbi, functionName: "createStream" } as const;
    const few = await failedReceipt(
      walletOf(sender).writeContract({ ...open, args: [recipient, 60n, 0, 0n], value: 600n, gas: 60_000n }),
    );
    expect(describeFailedReceipt({ used: few, limit: 60_000n }).kind).toBe("out-of-gas");
    const refused = await failedReceipt(
      walletOf(sender).writeContract({ ...open, args: [recipient, 0n, 0, 0n], value: 600n, gas: 200_000n }),
    );
    expect(describeFailedReceipt({ used: refused, limit: 200_000n }).kind).toBe("contract");
  });

  test("a node that is gone", async () => {
    const dying = await startAnvil();
    await dying.stop();
    expect(decodeError(await errorOf(dying.reader.getGasPrice()), facts).kind).toBe("node");
  });

  function walletOf(account: PrivateKeyAccount) {
    return createWalletClient({ account, chain: foundry, transport: http(chain.url, { retryCount: 0 }) });
  }

  async function deploy(abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Address> {
    const hash = await walletOf(sender).deployContract({ abi, bytecode, args });
    const { contractAddress } = await chain.reader.waitForTransactionReceipt({ hash });
    if (!contractAddress) throw new Error("Nothing was deployed.");
    return contractAddress;
  }

  async function failedReceipt(sending: Promise<Hex>): Promise<bigint> {
    const receipt = await chain.reader.waitForTransactionReceipt({ hash: await sending });
    expect(receipt.status).toBe("reverted");
    return receipt.gasUsed;
  }
});

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  const done: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (done === undefined) throw new Error("It did not fail.");
  return done;
}
