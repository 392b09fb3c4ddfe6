"use client";
import { type ComponentProps, useState } from "react";
import { MoneyDialog } from "@/components/stream/money-dialog";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { LocalTime } from "@/components/ui/local-time";
import type { Asset } from "@/lib/domain/asset";
import { BEYOND_BUDGET } from "@/lib/domain/beyond-budget";
import { formatToken } from "@/lib/format";
import type { Grants, OperatorGrant } from "@/lib/rails/superfluid/list-grants";
import { DelegationItems } from "./delegation-items";
import { GrantItem } from "./grant-item";
import { type PlanChange, useSignedChange } from "./use-signed-change";
import { WrongNetwork } from "./wrong-network";

type Props = {
  /** On the chain, whose `asset` the budgets are in; null where there is none, or it does not answer. */
  onChain: { grants: Grants; asset: Asset } | null;
  plan: PlanChange;
  /** Of the ledger, whose `asset` the rates are in. */
  delegated: ComponentProps<typeof DelegationItems>;
};
type Revoking = { change: object; who: string; consequence: string };

/** Who else may move the account's flows on the chain or make calls by its streams, and the way to take that back. */
export function GrantList({ onChain, plan, delegated }: Props) {
  const { sessions, operators } = onChain?.grants ?? { sessions: [], operators: [] };
  const [revoking, setRevoking] = useState<Revoking | null>(null);
  const inToken = (amount: bigint) => (onChain ? formatToken(amount, onChain.asset, { rounding: "up" }) : "");
  return (
    <Card aria-labelledby="grants" className="mt-5">
      <CardHeader>
        <CardTitle id="grants">Permissions of agents</CardTitle>
      </CardHeader>
      <CardBody>
        {sessions.length + operators.length + delegated.delegations.length === 0 ? (
          <p className="max-w-prose text-sm text-soft">
            Nobody but your wallet may open, change or close your streams
            {onChain ? " on the chain" : ""}, or make calls by them.
          </p>
        ) : (
          <ul aria-label="Permissions" className="grid gap-3">
            {sessions.map(({ id, agent, budget, spent, rateCap, expiryMs }) => (
              <GrantItem
                key={`session ${id}`}
                who={agent}
                onRevoke={() =>
                  setRevoking({
                    change: { kind: "revoke-session", id },
                    who: agent,
                    consequence: "The session ends for good, and the streams that it opened stop.",
                  })
                }
              >
                Session {id.toString()}: at most {inToken(budget)}, of which {inToken(spent)} is spent, no
                faster than {inToken(rateCap * 86_400n)} a day, until <LocalTime ms={expiryMs} />.{" "}
                {BEYOND_BUDGET}
              </GrantItem>
            ))}
            {operators.map((of) => (
              <GrantItem
                key={`operator ${of.operator}`}
                who={of.operator}
                onRevoke={() =>
                  setRevoking({
                    change: { kind: "revoke-operator", operator: of.operator },
                    who: of.operator,
                    consequence: of.isSessions
                      ? "No session can open or change a stream any more. Streams that run go on until they are closed."
                      : "It can do nothing with your streams any more. Streams that run go on until they are closed.",
                  })
                }
              >
                {of.isSessions
                  ? "SessionOperator: does only what a session allows"
                  : `May ${verbs(of)} your streams, without a budget`}
              </GrantItem>
            ))}
            <DelegationItems {...delegated} />
          </ul>
        )}
      </CardBody>
      {revoking ? <RevokeDialog {...revoking} plan={plan} onClose={() => setRevoking(null)} /> : null}
    </Card>
  );
}

function RevokeDialog({
  change,
  who,
  consequence,
  plan,
  onClose,
}: Revoking & { plan: PlanChange; onClose: () => void }) {
  const { state, submit } = useSignedChange(plan, "Revoke a permission");
  return (
    <MoneyDialog<never>
      open
      onOpenChange={(open) => open || onClose()}
      title="Revoke a permission"
      description={`Of ${who}`}
      consequence={consequence}
      confirm="Revoke"
      tone="stop"
      state={state}
      onConfirm={() => void submit(change)}
      done={() => null}
    >
      <WrongNetwork />
    </MoneyDialog>
  );
}

function verbs({ mayCreate, mayUpdate, mayDelete }: OperatorGrant): string {
  const all = [mayCreate && "open", mayUpdate && "change", mayDelete && "close"].filter((verb) => verb);
  return all.length === 3 ? "open, change and close" : all.join(" and ");
}
