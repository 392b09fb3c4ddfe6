import {
  type Abi,
  type BaseError,
  ChainMismatchError,
  ContractFunctionExecutionError,
  encodeErrorResult,
  type Hex,
  HttpRequestError,
  RawContractError,
  TimeoutError,
  UserRejectedRequestError,
} from "viem";
import { base } from "viem/chains";
import { describe, expect, test } from "vitest";
import { computeRegistryAbi } from "@/contracts-abi/compute-registry";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { superfluidErrorsAbi } from "@/contracts-abi/superfluid-errors";
import { decodeError, describeFailedReceipt, describeReplacement } from "./decode-error";
import { errorSentences } from "./error-sentences";

const facts = { token: "USDCx", underlying: "USDC", coin: "ETH", chain: "Base" };

describe("decodeError", () => {
  test.each([
    {
      said: "by the wallet's own code",
      error: { code: 4001, message: "User denied transaction signature." },
    },
    { said: "through viem", error: new UserRejectedRequestError(new Error("no")) },
    { said: "by WalletConnect", error: { code: 5000, message: "User rejected methods." } },
    {
      said: "inside an error of a contract call",
      error: wrapped(new UserRejectedRequestError(new Error("MetaMask Tx Signature: User denied."))),
    },
  ])("a refusal told $said is a refusal, and nothing was sent", ({ error }) => {
    expect(decodeError(error, facts)).toEqual({
      kind: "rejected",
      sentence: "You refused it in the wallet, so nothing was sent.",
      errorName: null,
    });
  });

  test.each([
    { said: "viem", error: new ChainMismatchError({ chain: base, currentChainId: 1 }) },
    {
      said: "the wallet, which does not know the chain",
      error: { code: 4902, message: "Unrecognized chain ID" },
    },
  ])("a wallet on another chain, told by $said, is asked to switch", ({ error }) => {
    expect(decodeError(error, facts)).toEqual({
      kind: "wrong-chain",
      sentence: "Your wallet is on another network: switch it to Base.",
      errorName: null,
    });
  });

  // Selectors by `cast sig`: CFA_INSUFFICIENT_BALANCE() and so on.
  test.each([
    {
      data: "0xea76c9b3",
      sentence: "You do not have enough USDCx for the deposit.",
      name: "CFA_INSUFFICIENT_BALANCE",
    },
    {
      data: "0x10ecdf44",
      sentence: "You do not have that much USDCx to unwrap.",
      name: "SF_TOKEN_BURN_INSUFFICIENT_BALANCE",
    },
    {
      data: "0x2f4cb941",
      sentence: "You do not have enough USDCx for that.",
      name: "SF_TOKEN_MOVE_INSUFFICIENT_BALANCE",
    },
    { data: "0xa47338ef", sentence: "You cannot stream to yourself.", name: "CFA_NO_SELF_FLOW" },
  ])("the bytes $data say: $sentence", ({ data, sentence, name }) => {
    expect(decodeError(reverted(data as Hex), facts)).toEqual({
      kind: "contract",
      sentence,
      errorName: name,
    });
  });

  test.each([
    { at: "data", error: { code: 3, message: "execution reverted", data: "0xea76c9b3" } },
    {
      at: "data.data",
      error: { code: -32603, message: "Internal JSON-RPC error.", data: { data: "0xea76c9b3" } },
    },
    {
      at: "data.originalError.data",
      error: {
        code: -32603,
        message: "Internal JSON-RPC error.",
        data: { originalError: { code: 3, data: "0xea76c9b3", message: "execution reverted" } },
      },
    },
    { at: "cause.data", error: new Error("failed", { cause: { data: "0xea76c9b3" } }) },
  ])("wallets put the bytes in $at, and all are read", ({ error }) => {
    expect(decodeError(error, facts).errorName).toBe("CFA_INSUFFICIENT_BALANCE");
  });

  test.each([
    ["ERC20: transfer amount exceeds balance", "You do not have enough USDC."],
    ["ERC20: transfer amount exceeds allowance", "You have not allowed that much USDC to be taken."],
    ["Blacklistable: account is blacklisted", "The issuer of USDC has blocked one of the accounts."],
    ["Pausable: paused", "USDC is paused by its issuer."],
    ["something \u0007 else", "The contract refused it: something  else."],
  ])("a reason in text, %s, becomes: %s", (reason, sentence) => {
    const data = encodeErrorResult({
      abi: [{ type: "error", name: "Error", inputs: [{ name: "reason", type: "string" }] }] as const,
      args: [reason],
    });
    expect(decodeError(reverted(data), facts).sentence).toBe(sentence);
  });

  test("a panic, and bytes that no ABI knows, are told as what they are", () => {
    const panic = `0x4e487b71${"11".padStart(64, "0")}` as Hex;
    expect(decodeError(reverted(panic)).errorName).toBe("Panic");
    expect(decodeError(reverted("0xdeadbeef")).sentence).toBe(
      "The contract refused it for a reason that we do not know (0xdeadbeef).",
    );
  });

  test("an error that only a bug of ours brings about is told by its name", () => {
    const data = encodeErrorResult({ abi: superfluidErrorsAbi, errorName: "HOST_ONLY_LISTED_AGREEMENT" });
    expect(decodeError(reverted(data)).sentence).toBe(
      "The contract refused it (HOST_ONLY_LISTED_AGREEMENT).",
    );
  });

  test.each([
    [
      "insufficient funds for gas * price + value: have 0 want 1",
      "no-coin",
      "You do not have enough ETH for gas.",
    ],
    [
      "gas required exceeds allowance (21000)",
      "out-of-gas",
      "There was too little gas. Try again with more.",
    ],
    [
      "nonce too low: next nonce 5, tx nonce 4",
      "nonce",
      "Another transaction of this account took its place. Look at what became of that first.",
    ],
    ["execution reverted", "contract", "The contract refused it and gave no reason."],
    ["what a strange thing", "unknown", "It did not work, and the wallet gave no reason that we know."],
  ])("a node that says %s means %s", (message, kind, sentence) => {
    expect(decodeError(new Error(message), facts)).toEqual({ kind, sentence, errorName: null });
  });

  test.each([
    new HttpRequestError({ url: "https://node.example/secret-key", details: "fetch failed" }),
    new TimeoutError({ url: "https://node.example/secret-key", body: {} }),
  ])("without an answer the outcome is open, and the node's address is not repeated", (error) => {
    const { kind, sentence } = decodeError(wrapped(error), facts);
    expect(kind).toBe("node");
    expect(sentence).toBe(
      "The network does not answer now. It may have been sent all the same: look before you try again.",
    );
  });

  test.each([undefined, null, "text", 7, {}, cyclic()])("whatever is thrown (%s), it has words", (error) => {
    expect(decodeError(error).kind).toBe("unknown");
  });
});

describe("the table of sentences", () => {
  test.each([
    {
      contract: "StreamPay",
      abi: streamPayAbi,
      others: [
        "ExpectedPause",
        "NotKeeperOrOwner",
        "OwnableInvalidOwner",
        "OwnableUnauthorizedAccount",
        "ReentrancyGuardReentrantCall",
      ],
    },
    {
      contract: "ComputeRegistry",
      abi: computeRegistryAbi,
      others: [
        "ArbiterNotYet",
        "BeneficiaryRefused",
        "NotArbiter",
        "NotProposedArbiter",
        "NotSettlement",
        "OwnableInvalidOwner",
        "OwnableUnauthorizedAccount",
      ],
    },
    {
      contract: "SessionOperator",
      abi: sessionOperatorAbi,
      others: [
        "InvalidAccountNonce",
        "InvalidShortString",
        "NotDue",
        "ReentrancyGuardReentrantCall",
        "StringTooLong",
        "TokenOfOtherHost",
      ],
    },
  ])(
    "every error of $contract has its sentence, but for those that only its operators or a bug meet",
    ({ abi, others }) => {
      expect(namesOf(abi).filter((name) => !Object.hasOwn(errorSentences, name))).toEqual(others);
    },
  );

  test("every error of Superfluid's streams has one, but for those that only governance or a bug meets", () => {
    const told = namesOf(superfluidErrorsAbi).filter((name) => /^(CFA|SUPER_TOKEN_PERMIT)_/.test(name));
    expect(told.filter((name) => !Object.hasOwn(errorSentences, name))).toEqual([
      "CFA_ACL_NO_NEGATIVE_ALLOWANCE",
      "CFA_ACL_NO_SENDER_CREATE",
      "CFA_ACL_NO_SENDER_UPDATE",
      "CFA_ACL_UNCLEAN_PERMISSIONS",
      "CFA_HOOK_OUT_OF_GAS",
      "CFA_ZERO_ADDRESS_SENDER",
    ]);
  });
});

describe("describeFailedReceipt", () => {
  test.each([
    { used: 300_000n, limit: 300_000n, kind: "out-of-gas" },
    { used: 296_000n, limit: 300_000n, kind: "out-of-gas" },
    { used: 120_000n, limit: 300_000n, kind: "contract" },
  ])("used $used of $limit: $kind", ({ used, limit, kind }) => {
    expect(describeFailedReceipt({ used, limit }).kind).toBe(kind);
  });
});

test("a replaced transaction is told truthfully", () => {
  expect(describeReplacement("repriced")).toMatch(/that one counts/);
  expect(describeReplacement("cancelled")).toMatch(/nothing happened/);
  expect(describeReplacement("replaced")).toMatch(/did not happen/);
});

function reverted(data: Hex): BaseError {
  return wrapped(new RawContractError({ data, message: "execution reverted" }));
}

function wrapped(cause: BaseError): BaseError {
  return new ContractFunctionExecutionError(cause, { abi: [], functionName: "openStream" });
}

function namesOf(abi: Abi): string[] {
  return abi.flatMap((entry) => (entry.type === "error" ? [entry.name] : [])).sort();
}

function cyclic(): Error {
  const error = new Error("round and round");
  error.cause = error;
  return error;
}
