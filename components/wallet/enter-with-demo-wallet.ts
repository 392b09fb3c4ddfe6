import type { WalletNetwork } from "@/lib/chain/network";
import { rememberWallet } from "./signer";

/**
 * Signs in with the demo wallet of this browser, making it when there is none. What it needs is loaded now.
 *
 * @throws Error with a sentence for the person, when the server refuses
 */
export async function enterWithDemoWallet(network: WalletNetwork): Promise<void> {
  const [{ demoSigner }, { signInWith }] = await Promise.all([
    import("./demo-account"),
    import("./sign-in-with"),
  ]);
  await signInWith(demoSigner(network));
  rememberWallet("demo");
}
