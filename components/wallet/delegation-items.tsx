"use client";
import { useState } from "react";
import { MoneyDialog } from "@/components/stream/money-dialog";
import { useMoneyAction } from "@/components/stream/use-money-action";
import { LocalTime } from "@/components/ui/local-time";
import type { Asset } from "@/lib/domain/asset";
import { formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import type { OpenDelegation } from "@/lib/streams/delegations";
import { GrantItem } from "./grant-item";

export type RevokeDelegation = (input: unknown) => Promise<ActionResult<{ revokedMs: bigint }>>;

type Props = {
  delegations: readonly OpenDelegation[];
  /** Of the rates in them. */
  asset: Asset;
  revoke: RevokeDelegation;
};

/** Keys that may make calls by the account's streams, because it signed so. Nothing on a chain: taking it back costs nothing and holds at once. */
export function DelegationItems({ delegations, asset, revoke }: Props) {
  const [revoking, setRevoking] = useState<OpenDelegation | null>(null);
  return (
    <>
      {delegations.map((of) => (
        <GrantItem key={of.nonce.toString()} who={of.delegate} onRevoke={() => setRevoking(of)}>
          May make calls by your streams of at most{" "}
          {formatToken(of.maxFlowRate * 86_400n, asset, { rounding: "up" })} a day, until{" "}
          <LocalTime ms={of.notAfterMs} />. It can move no money.
        </GrantItem>
      ))}
      {revoking ? <RevokeDialog {...revoking} revoke={revoke} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

function RevokeDialog({
  nonce,
  delegate,
  revoke,
  onClose,
}: OpenDelegation & { revoke: RevokeDelegation; onClose: () => void }) {
  const { state, submit } = useMoneyAction(revoke);
  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Revoke a permission"
      description={`Of ${delegate}`}
      consequence="Its next call is refused, also by the session that it holds. Your streams run on. This costs nothing."
      confirm="Revoke"
      tone="stop"
      state={state}
      onConfirm={() => void submit({ nonce })}
      done={() => "It can make no call by your streams any more."}
    />
  );
}
