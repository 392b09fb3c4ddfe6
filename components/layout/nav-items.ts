import { paths } from "@/lib/paths";

/** The pages of the main navigation, in their order. `under`: paths that belong to the page as well. */
export const navItems = [
  { href: paths.market, label: "Market", under: ["/providers/", "/compare"] },
  { href: paths.streams, label: "Streams", under: ["/streams/"] },
  { href: paths.wallet, label: "Wallet", under: ["/wallet/", "/receipts/"] },
  { href: paths.simulator, label: "Simulator", under: [] },
  { href: paths.status, label: "Status", under: [] },
  { href: paths.docs, label: "Docs", under: ["/docs/", "/problems/"] },
] as const;
