"use client";
import { type ReactNode, useState } from "react";
import { MoneyDialog } from "@/components/stream/money-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { LocalTime } from "@/components/ui/local-time";
import type { Asset } from "@/lib/domain/asset";
import { formatToken } from "@/lib/format";
import type { Grants, OperatorGrant } from "@/lib/rails/superfluid/list-grants";
import { ShortAddress } from "./short-address";
import { type PlanChange, useSignedChange } from "./use-signed-change";
import { WrongNetwork } from "./wrong-network";

type Props = { grants: Grants; asset: Asset; plan: PlanChange };
type Revoking = { change: object; who: string; consequence: string };

/** Who else may move the account's flows on the chain, and the way to take that back. */
export function GrantList({ grants: { sessions, operators }, asset, plan }: Props) {
  const [revoking, setRevoking] = useState<Revoking | null>(null);
  return (
    <Card aria-labelledby="grants" className="mt-5">
      <CardHeader>
        <CardTitle id="grants">Permissions of agents</CardTitle>
      </CardHeader>
      <CardBody>
        {sessions.length + operators.length === 0 ? (
          <p className="max-w-prose text-sm text-soft">
            Nobody but your wallet may open, change or close your streams on the chain.
          </p>
        ) : (
          <ul aria-label="Permissions" className="grid gap-3">
            {sessions.map(({ id, agent, budget, spent, rateCap, expiryMs }) => (
              <Grant
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
                Session {id.toString()}: at most {formatToken(budget, asset)}, of which{" "}
                {formatToken(spent, asset, { rounding: "up" })} is spent, no faster than{" "}
                {formatToken(rateCap * 86_400n, asset)} a day, until <LocalTime ms={expiryMs} />
              </Grant>
            ))}
            {operators.map((of) => (
              <Grant
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
              </Grant>
            ))}
          </ul>
        )}
      </CardBody>
      {revoking ? <RevokeDialog {...revoking} plan={plan} onClose={() => setRevoking(null)} /> : null}
    </Card>
  );
}

type GrantProps = { who: string; onRevoke: () => void; children: ReactNode };

function Grant({ who, onRevoke, children }: GrantProps) {
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
