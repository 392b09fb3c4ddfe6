"use client";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ShortAddress } from "./short-address";

type Props = { who: string; onRevoke: () => void; children: ReactNode };

/** One who may do something in the account's name, what that is, and the way to take it back. */
export function GrantItem({ who, onRevoke, children }: Props) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-sunken px-4 py-3 text-sm">
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          <ShortAddress address={who} />
        </p>
        <p className="mt-0.5 text-soft">{children}</p>
      </div>
      <Button size="sm" tone="stop" aria-label={`Revoke ${who}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}
