"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { WalletNetwork } from "@/lib/chain/network";
import { paths } from "@/lib/paths";
import { enterWithDemoWallet } from "./enter-with-demo-wallet";
import { SignInDialog } from "./sign-in-dialog";
import { rememberedWallet, rememberWallet, type Signer } from "./signer";

const RainbowModal = dynamic(() => import("./rainbow-modal").then((module) => module.RainbowModal), {
  ssr: false,
});

export type Site = { network: WalletNetwork; demoWallet: boolean };
type StreamToken = { token: string; expiresMs: number };

type Session = Site & {
  /** EIP-55; null when nobody is signed in. */
  address: `0x${string}` | null;
  openSignIn: () => void;
  /** Signs in with the demo wallet at once; rejects with a sentence for the person. The caller refreshes the page. */
  enterWithDemoWallet: () => Promise<void>;
  signOut: () => Promise<void>;
  /** The key of the signed-in account, connecting its wallet first when the page was reloaded. */
  signer: () => Promise<Signer>;
  /** `Stream-Session` tokens by provider. In memory only: a reload forgets them, a proof brings new ones. */
  streamTokens: Map<string, StreamToken>;
};

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside SessionProvider");
  return session;
}

type Props = Site & { address: `0x${string}` | null; children: ReactNode };
type Waiter = { resolve: () => void; reject: (error: Error) => void };

/** Who is signed in, and how to ask their wallet. Wallet libraries load on the first click that needs them. */
export function SessionProvider({ address, network: given, demoWallet, children }: Props) {
  // Each page brings an equal copy: one object for the life of this one, so that nothing starts over.
  const [network] = useState(given);
  const router = useRouter();
  const [dialogOpen, setDialogOpen] = useState(false);
  const [modalOpen, setModalOpen] = useState(false);
  const waiter = useRef<Waiter | null>(null);
  const [streamTokens] = useState(() => new Map<string, StreamToken>());

  const onSignedIn = useCallback(() => {
    setDialogOpen(false);
    streamTokens.clear();
    router.refresh();
  }, [router, streamTokens]);

  const onWalletSignedIn = useCallback(() => {
    rememberWallet("wallet");
    onSignedIn();
  }, [onSignedIn]);

  const onConnected = useCallback(() => {
    waiter.current?.resolve();
    waiter.current = null;
  }, []);

  const onModalClose = useCallback(() => {
    setModalOpen(false);
    waiter.current?.reject(new Error("No wallet was connected, so nothing was signed."));
    waiter.current = null;
  }, []);

  const signer = useCallback(async (): Promise<Signer> => {
    const found = await findSigner({ network, demoWallet }, () => {
      setModalOpen(true);
      return new Promise<void>((resolve, reject) => {
        waiter.current = { resolve, reject };
      });
    });
    if (address && found.address.toLowerCase() !== address.toLowerCase())
      throw new Error(
        "The wallet shows another account than the one that is signed in. Switch it, or sign in again.",
      );
    return found;
  }, [address, network, demoWallet]);

  const signOut = useCallback(async () => {
    await fetch(paths.api.session, { method: "DELETE" });
    rememberWallet(null);
    streamTokens.clear();
    router.refresh();
  }, [router, streamTokens]);

  const session = useMemo<Session>(
    () => ({
      address,
      network,
      demoWallet,
      openSignIn: () => setDialogOpen(true),
      enterWithDemoWallet: async () => {
        await enterWithDemoWallet(network);
        streamTokens.clear();
      },
      signOut,
      signer,
      streamTokens,
    }),
    [address, network, demoWallet, signOut, signer, streamTokens],
  );

  return (
    <SessionContext.Provider value={session}>
      {children}
      <SignInDialog
        open={dialogOpen}
        onOpenChange={setDialogOpen}
        demoWallet={demoWallet}
        onSignedIn={onSignedIn}
        onOtherWallet={() => {
          setDialogOpen(false);
          setModalOpen(true);
        }}
      />
      {modalOpen ? (
        <RainbowModal
          network={network}
          demoWallet={demoWallet}
          dark={paintsDark()}
          signedIn={address !== null}
          onConnected={onConnected}
          onSignedIn={onWalletSignedIn}
          onClose={onModalClose}
        />
      ) : null}
    </SessionContext.Provider>
  );
}

async function findSigner({ network, demoWallet }: Site, connect: () => Promise<void>): Promise<Signer> {
  if (rememberedWallet() === "demo" && demoWallet) {
    const { demoSigner } = await import("./demo-account");
    return demoSigner(network);
  }
  const { walletSigner } = await import("./wallet-signer");
  const found = await walletSigner(network, demoWallet);
  if (found) return found;
  await connect();
  const connected = await walletSigner(network, demoWallet);
  if (!connected) throw new Error("No wallet is connected.");
  return connected;
}

function paintsDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
