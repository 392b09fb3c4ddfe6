"use client";
import { FlaskConical, Wallet } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useSession } from "./session-provider";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  demoWallet: boolean;
  onSignedIn: () => void;
  onOtherWallet: () => void;
};

/** The two ways in. Both sign the same message; the demo wallet does it in one click. */
export function SignInDialog({ open, onOpenChange, demoWallet, onSignedIn, onOtherWallet }: Props) {
  const { enterWithDemoWallet } = useSession();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  async function enter() {
    setBusy(true);
    setRefusal(null);
    try {
      await enterWithDemoWallet();
      onSignedIn();
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Sign in"
      description="You sign a message with a wallet. It costs nothing and moves no money."
    >
      <div className="grid gap-3">
        {demoWallet ? (
          <div className="rounded-lg border border-line p-4">
            <p className="text-sm text-soft">
              New here? A demo wallet is made in this browser: no extension, no account, play money only.
            </p>
            <Button tone="flow" className="mt-3 w-full" busy={busy} onClick={enter}>
              {busy ? null : <FlaskConical aria-hidden />}
              Use demo wallet
            </Button>
          </div>
        ) : null}
        <Button tone={demoWallet ? "plain" : "flow"} onClick={onOtherWallet} disabled={busy}>
          <Wallet aria-hidden />
          Connect a wallet
        </Button>
        {refusal ? (
          <Notice tone="stop" title="Not signed in">
            {refusal}
          </Notice>
        ) : null}
      </div>
    </Dialog>
  );
}
