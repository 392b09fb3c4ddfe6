import type { Page } from "@playwright/test";
import { type Address, createWalletClient, type Hex, http, isHex, keccak256 } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { devnetUrl } from "./devnet-url";
import { SmartAccount } from "./smart-account";

type Answer = { result: unknown } | { error: { code: number; message: string } };
type Options = {
  name: string;
  /** Where the wallet is: at first the only chain that it knows. Changes when it is asked to switch, or by the test. */
  chainId: number;
  /** May be changed by the test, as a person changes their mind. */
  refuse?: string[];
  onRequest?: (method: string) => void;
  /** It is a smart account: it makes one transaction of several calls (EIP-5792), and says so. */
  batches?: boolean;
  /** Signed transactions are put here instead of being sent: the test lets go of them with `sendHeld`. */
  held?: Hex[];
  /** What the test does to the account after the page has asked, and before the wallet signs and sends. */
  meanwhile?: () => Promise<void>;
  /** Transactions are sent one number too high, as behind one that no block takes; their hashes. `replaceStuck` lets them move. */
  stuck?: Hex[];
};

type Transaction = { to: Address; data?: Hex; value?: Hex; gas?: Hex };

/**
 * Announces a wallet in the page by EIP-6963, as an extension does. Its key and its signing stay in the test process, which also sends its
 * transactions to the devnet. Methods in `refuse` are answered as a person does who clicks "Reject". As extensions do, it signs only for the
 * chain that it is on, and goes to another when asked.
 */
export async function injectWallet(page: Page, options: Options): Promise<PrivateKeyAccount> {
  const { name, onRequest = () => {} } = options;
  const account = privateKeyToAccount(generatePrivateKey());
  let connected = false;
  const known = new Set([options.chainId]);
  const smart = options.batches ? new SmartAccount(account, options.held) : null;

  async function answer(method: string, params: unknown[]): Promise<Answer> {
    onRequest(method);
    if (options.refuse?.includes(method))
      return { error: { code: 4001, message: "User rejected the request." } };
    switch (method) {
      case "eth_requestAccounts":
        connected = true;
        return { result: [account.address] };
      case "wallet_requestPermissions":
        connected = true;
        return { result: [{ parentCapability: "eth_accounts" }] };
      case "wallet_revokePermissions":
        connected = false;
        return { result: null };
      case "eth_accounts":
        return { result: connected ? [account.address] : [] };
      case "eth_chainId":
        return { result: `0x${options.chainId.toString(16)}` };
      case "wallet_switchEthereumChain": {
        const wanted = wantedChain(params);
        if (!known.has(wanted)) return { error: { code: 4902, message: "Unrecognized chain ID." } };
        options.chainId = wanted;
        return { result: null };
      }
      case "wallet_addEthereumChain":
        options.chainId = wantedChain(params);
        known.add(options.chainId);
        return { result: null };
      case "personal_sign": {
        const message = isHex(params[0]) ? { raw: params[0] } : String(params[0]);
        return { result: await account.signMessage({ message }) };
      }
      case "eth_signTypedData_v4": {
        const data = JSON.parse(String(params[1]));
        if (Number(data.domain.chainId) !== options.chainId)
          return {
            error: {
              code: -32603,
              message: `Provided chainId must match the active chainId ${options.chainId}`,
            },
          };
        return { result: await account.signTypedData(data) };
      }
      case "eth_sendTransaction":
        if (options.chainId !== foundry.id) return { error: { code: -32603, message: "Wrong chain." } };
        await options.meanwhile?.();
        return sendOnDevnet(account, params[0] as Transaction, options);
      default:
        if (smart?.knows(method)) return smart.answer(method, params);
        return READS.has(method)
          ? askDevnet(method, params)
          : { error: { code: 4200, message: `Not supported: ${method}` } };
    }
  }

  await page.exposeFunction("answerForTestWallet", answer);
  await page.addInitScript((walletName) => {
    type Bridge = { answerForTestWallet: (method: string, params: unknown[]) => Promise<Answer> };
    const provider = {
      async request({ method, params }: { method: string; params?: unknown[] }) {
        const reply = await (window as unknown as Bridge).answerForTestWallet(method, params ?? []);
        if ("error" in reply) throw Object.assign(new Error(reply.error.message), reply.error);
        return reply.result;
      },
      on: () => provider,
      removeListener: () => provider,
    };
    const icon =
      "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><rect width='8' height='8' fill='teal'/></svg>";
    const info = { uuid: crypto.randomUUID(), name: walletName, icon, rdns: "test.superstream.wallet" };
    const announce = () =>
      window.dispatchEvent(
        new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
      );
    window.addEventListener("eip6963:requestProvider", announce);
    announce();
  }, name);
  return account;
}

/** What wallets pass on to a node of their chain. */
const READS = new Set([
  "eth_blockNumber",
  "eth_call",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByNumber",
  "eth_getCode",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
]);

async function askDevnet(method: string, params: unknown[]): Promise<Answer> {
  const response = await fetch(devnetUrl(), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as {
    result?: unknown;
    error?: { code: number; message: string };
  };
  return error ? { error } : { result };
}

/** Sends what a wallet with `held` has signed so far. */
export async function sendHeld(held: Hex[]): Promise<void> {
  for (const raw of held.splice(0)) await askDevnet("eth_sendRawTransaction", [raw]);
}

async function sendOnDevnet(
  account: PrivateKeyAccount,
  { to, data, value, gas }: Transaction,
  { held, stuck }: Pick<Options, "held" | "stuck">,
): Promise<Answer> {
  const client = createWalletClient({ account, chain: foundry, transport: http(devnetUrl()) });
  const request = await client.prepareTransactionRequest({
    to,
    ...(data ? { data } : {}),
    ...(value ? { value: BigInt(value) } : {}),
    ...(gas ? { gas: BigInt(gas) } : {}),
  });
  if (stuck) request.nonce += 1;
  const raw = await client.signTransaction(request);
  stuck?.push(keccak256(raw));
  if (!held) return askDevnet("eth_sendRawTransaction", [raw]);
  held.push(raw);
  return { result: keccak256(raw) };
}

function wantedChain([first]: unknown[]): number {
  return Number((first as { chainId: string }).chainId);
}
