"use client";
import "@rainbow-me/rainbowkit/styles.css";
import {
  createAuthenticationAdapter,
  darkTheme,
  lightTheme,
  RainbowKitAuthenticationProvider,
  RainbowKitProvider,
  type Theme,
  useConnectModal,
} from "@rainbow-me/rainbowkit";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useConnection, WagmiProvider } from "wagmi";
import type { WalletNetwork } from "@/lib/chain/network";
import { rainbowConfig } from "./rainbow-config";
import { fetchSignInTerms, postSession, type SignInTerms, signInMessage } from "./sign-in-with";

type Props = {
  network: WalletNetwork;
  demoWallet: boolean;
  dark: boolean;
  /** True when the visitor has a session and only the wallet's connection is missing. */
  signedIn: boolean;
  onConnected: () => void;
  onSignedIn: () => void;
  onClose: () => void;
};

/** RainbowKit's modal with SIWE, on its own: it is loaded on the first click and wraps nothing of the page. */
export function RainbowModal(props: Props) {
  const { network, demoWallet, dark, signedIn, onSignedIn } = props;
  const [queryClient] = useState(() => new QueryClient());
  // As it was when the modal opened: wagmi starts over when this changes under it.
  const [reconnect] = useState(signedIn);
  const [verified, setVerified] = useState(signedIn);
  const terms = useRef<SignInTerms | null>(null);
  const adapter = useMemo(
    () =>
      createAuthenticationAdapter({
        getNonce: async () => {
          terms.current = await fetchSignInTerms();
          return terms.current.nonce;
        },
        createMessage: ({ address }) => {
          if (!terms.current) throw new Error("RainbowKit asked for a message before the nonce.");
          return signInMessage(address, terms.current);
        },
        verify: async ({ message, signature }) => {
          await postSession(message, signature);
          setVerified(true);
          onSignedIn();
          return true;
        },
        signOut: async () => {},
      }),
    [onSignedIn],
  );

  return (
    <WagmiProvider config={rainbowConfig(network, demoWallet)} reconnectOnMount={reconnect}>
      <QueryClientProvider client={queryClient}>
        <RainbowKitAuthenticationProvider
          adapter={adapter}
          status={verified ? "authenticated" : "unauthenticated"}
        >
          <RainbowKitProvider modalSize="compact" theme={themeFor(dark)}>
            <Opener {...props} />
          </RainbowKitProvider>
        </RainbowKitAuthenticationProvider>
      </QueryClientProvider>
    </WagmiProvider>
  );
}

/** RainbowKit in our colours and our font. It wants sRGB, so these are the tokens of globals.css, converted. */
function themeFor(dark: boolean): Theme {
  const theme = dark
    ? darkTheme({ accentColor: "#5ad5c8", accentColorForeground: "#06201f", borderRadius: "medium" })
    : lightTheme({ accentColor: "#08757a", accentColorForeground: "#ffffff", borderRadius: "medium" });
  return { ...theme, fonts: { body: "inherit" } };
}

/** Opens the modal once and reports how it ended. */
function Opener({ onConnected, onClose }: Props) {
  const { openConnectModal, connectModalOpen } = useConnectModal();
  const { status } = useConnection();
  const opened = useRef(false);

  useEffect(() => {
    if (opened.current || !openConnectModal) return;
    // RainbowKit closes its modals in an effect of its own on mount, after this one: open on the next turn.
    const timer = setTimeout(() => {
      opened.current = true;
      openConnectModal();
    });
    return () => clearTimeout(timer);
  }, [openConnectModal]);

  useEffect(() => {
    if (status === "connected") onConnected();
  }, [status, onConnected]);

  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !connectModalOpen) onClose();
    wasOpen.current = connectModalOpen;
  }, [connectModalOpen, onClose]);

  return null;
}
