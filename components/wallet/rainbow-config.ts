import { connectorsForWallets, type Wallet } from "@rainbow-me/rainbowkit";
import { injectedWallet } from "@rainbow-me/rainbowkit/wallets";
import { type Config, createConfig, createConnector, http, injected } from "wagmi";
import type { WalletNetwork } from "@/lib/chain/network";
import { viemChain } from "@/lib/chain/viem-chain";
import { demoProvider } from "./demo-provider";

const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28'><rect width='28' height='28' rx='6' fill='%23101b26'/><path d='M7 14h14' stroke='%232cc5bd' stroke-width='3' stroke-linecap='round'/></svg>";

type ProviderOfTarget = Exclude<
  Extract<NonNullable<Parameters<typeof injected>[0]>["target"], { provider: unknown }>["provider"],
  string
>;

/** The demo wallet as RainbowKit lists it, beside the wallets that announce themselves by EIP-6963. */
function demoWallet(chainId: number): () => Wallet {
  const provider = (() =>
    typeof window === "undefined" ? undefined : demoProvider(chainId)) as unknown as ProviderOfTarget;
  return () => ({
    id: "demo",
    name: "Demo wallet",
    iconUrl: icon,
    iconBackground: "#101b26",
    installed: true,
    createConnector: (details) =>
      createConnector((config) => ({
        ...injected({ target: { id: "demo", name: "Demo wallet", provider }, shimDisconnect: true })(config),
        ...details,
      })),
  });
}

let made: { key: string; config: Config } | undefined;

/** One wagmi configuration for the life of the page: connections live in it. */
export function rainbowConfig(network: WalletNetwork, withDemoWallet: boolean): Config {
  const { chainId, rpcUrl } = network;
  const key = `${chainId} ${rpcUrl}`;
  if (made?.key === key) return made.config;
  // wagmi wants an address; without a node nothing is read, only signed.
  const chain = viemChain(network, rpcUrl ?? `${location.origin}/no-node`);
  const wallets = withDemoWallet ? [injectedWallet, demoWallet(chainId)] : [injectedWallet];
  const config = createConfig({
    chains: [chain],
    connectors: connectorsForWallets([{ groupName: "In this browser", wallets }], {
      appName: "Superstream",
      projectId: "none",
    }),
    transports: { [chainId]: http() },
    multiInjectedProviderDiscovery: true,
  });
  made = { key, config };
  return config;
}
