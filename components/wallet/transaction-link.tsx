"use client";
import type { Hex } from "viem";
import { CopyButton } from "@/components/ui/copy-button";
import { explorerLink } from "@/lib/chain/explorer-link";
import { useSession } from "./session-provider";

/** A transaction where a person can look it up; its number to copy on a chain without an explorer. */
export function TransactionLink({ hash }: { hash: Hex }) {
  const { network } = useSession();
  const href = explorerLink(network, { transaction: hash });
  const short = `${hash.slice(0, 10)}…${hash.slice(-6)}`;
  return href ? (
    <a href={href} target="_blank" rel="noreferrer" className="font-medium underline underline-offset-4">
      Look at it in the explorer
    </a>
  ) : (
    <span className="whitespace-nowrap">
      Transaction <code className="text-xs">{short}</code>{" "}
      <CopyButton text={hash} label="Copy the transaction’s number" />
    </span>
  );
}
