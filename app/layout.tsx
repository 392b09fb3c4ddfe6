import "./globals.css";
import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AlertBell } from "@/components/alerts/alert-bell";
import { DevnetBanner } from "@/components/layout/devnet-banner";
import { SiteFooter } from "@/components/layout/site-footer";
import { SiteHeader } from "@/components/layout/site-header";
import type { Theme } from "@/components/layout/theme-toggle";
import { Toaster } from "@/components/ui/toaster";
import { AccountMenu } from "@/components/wallet/account-menu";
import { PendingTransactions } from "@/components/wallet/pending-transactions";
import { SessionProvider } from "@/components/wallet/session-provider";
import { listAlerts } from "@/lib/alerts/list-alerts";
import { currentAccount } from "@/lib/auth/current-account";
import { readDevnetState } from "@/lib/chain/devnet-state";
import { walletNetwork } from "@/lib/chain/wallet-network";
import { databaseConfigured, env } from "@/lib/env";
import { getWallet } from "@/lib/streams/get-wallet";
import { SetupGuide } from "./_components/setup-guide";
import { faucetAction } from "./actions";
import { dismissAlertAction } from "./alerts/actions";
import { topUpStreamAction } from "./streams/actions";

/** Every page is made for one request: the nonce of its content security policy is new each time. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Superstream", template: "%s · Superstream" },
  description: "A market where people and AI agents buy services by the second.",
};
export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f8fafb" },
    { media: "(prefers-color-scheme: dark)", color: "#0b1219" },
  ],
};

const inter = localFont({ src: "./fonts/inter-latin.woff2", variable: "--font-inter", weight: "100 900" });
const jetbrains = localFont({
  src: "./fonts/jetbrains-mono-latin.woff2",
  variable: "--font-jetbrains",
  weight: "100 800",
  preload: false,
  adjustFontFallback: false,
});

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get("theme")?.value);
  const account = await currentAccount();
  const [chain, wallet, alerts] = await Promise.all([
    readDevnetState(),
    account && getWallet({ address: account.address }),
    account && listAlerts({ actor: account.address, live: true, limit: 100 }),
  ]);
  const devnet = env.NETWORK === "devnet";
  // As high as the screen: the footer never stands in it while a page loads, so nothing moves it.
  const content = (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto min-h-dvh w-full max-w-6xl flex-1 px-4 py-8 focus:outline-none sm:px-6"
    >
      {databaseConfigured() ? children : <SetupGuide />}
    </main>
  );

  return (
    <html
      lang="en"
      className={`${inter.variable} ${jetbrains.variable}`}
      {...(theme === "system" ? {} : { "data-theme": theme })}
    >
      <body className="flex min-h-dvh flex-col">
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-ink px-4 py-2 text-paper focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <SessionProvider
          address={(wallet?.address as `0x${string}` | undefined) ?? null}
          network={walletNetwork(env)}
          demoWallet={devnet}
        >
          {devnet ? <DevnetBanner chain={chain} /> : null}
          <SiteHeader
            theme={theme}
            signedIn={wallet !== null}
            alerts={
              alerts && wallet ? (
                <AlertBell
                  alerts={alerts.items}
                  walletBalance={wallet.balance}
                  topUp={topUpStreamAction}
                  dismiss={dismissAlertAction}
                />
              ) : null
            }
            account={<AccountMenu wallet={wallet} faucet={devnet ? faucetAction : null} />}
          />
          {content}
          <SiteFooter />
          <PendingTransactions />
          <Toaster />
        </SessionProvider>
      </body>
    </html>
  );
}

function readTheme(value: string | undefined): Theme {
  return value === "dark" || value === "light" ? value : "system";
}
