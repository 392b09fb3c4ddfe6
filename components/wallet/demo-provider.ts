import { isHex, numberToHex } from "viem";
import { demoAccount } from "./demo-account";

type Call = { method: string; params?: unknown };
const connectedKey = "superstream.demo-wallet.connected";

/**
 * The demo wallet as an EIP-1193 provider, so that RainbowKit offers it like any other. It signs without asking,
 * holds no coins and knows no node: whatever it does not answer is refused with 4200 (EIP-1193).
 */
export function demoProvider(chainId: number) {
  const connected = () => localStorage.getItem(connectedKey) === "yes";

  async function request({ method, params }: Call): Promise<unknown> {
    const [first, second] = Array.isArray(params) ? (params as unknown[]) : [];
    switch (method) {
      case "eth_requestAccounts":
        localStorage.setItem(connectedKey, "yes");
        return [demoAccount().address];
      case "wallet_requestPermissions":
        localStorage.setItem(connectedKey, "yes");
        return [{ parentCapability: "eth_accounts" }];
      case "wallet_revokePermissions":
        localStorage.removeItem(connectedKey);
        return null;
      case "eth_accounts":
        return connected() ? [demoAccount().address] : [];
      case "eth_chainId":
        return numberToHex(chainId);
      case "personal_sign":
        return demoAccount().signMessage({
          message: isHex(first) ? { raw: first } : String(first),
        });
      case "eth_signTypedData_v4":
        return demoAccount().signTypedData(typeof second === "string" ? JSON.parse(second) : second);
      default:
        throw Object.assign(new Error(`The demo wallet does not do ${method}.`), { code: 4200 });
    }
  }
  return { request, on: () => {}, removeListener: () => {} };
}
