import type { Page } from "@playwright/test";
import { isHex } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

type Answer = { result: unknown } | { error: { code: number; message: string } };
type Options = {
  name: string;
  chainId: number;
  refuse?: readonly string[];
  onRequest?: (method: string) => void;
};

/**
 * Announces a wallet in the page by EIP-6963, as an extension does. Its key and its signing stay in the test process.
 * Methods in `refuse` are answered as a person does who clicks "Reject".
 */
export async function injectWallet(page: Page, options: Options): Promise<PrivateKeyAccount> {
  const { name, chainId, refuse = [], onRequest = () => {} } = options;
  const account = privateKeyToAccount(generatePrivateKey());
  let connected = false;

  async function answer(method: string, params: unknown[]): Promise<Answer> {
    onRequest(method);
    if (refuse.includes(method)) return { error: { code: 4001, message: "User rejected the request." } };
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
        return { result: `0x${chainId.toString(16)}` };
      case "personal_sign": {
        const message = isHex(params[0]) ? { raw: params[0] } : String(params[0]);
        return { result: await account.signMessage({ message }) };
      }
      case "eth_signTypedData_v4":
        return { result: await account.signTypedData(JSON.parse(String(params[1]))) };
      default:
        return { error: { code: 4200, message: `Not supported: ${method}` } };
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
