"use client";
import { Button } from "@/components/ui/button";
import { useSession } from "./session-provider";

/** Opens the sign-in dialog from anywhere on a page. */
export function SignInButton({ children = "Sign in" }: { children?: string }) {
  const { openSignIn } = useSession();
  return (
    <Button tone="flow" onClick={openSignIn}>
      {children}
    </Button>
  );
}
