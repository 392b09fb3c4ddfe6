"use client";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { LocalTime } from "@/components/ui/local-time";
import type { DeliveryView } from "@/lib/alerts/webhook-deliveries";
import type { WebhookView } from "@/lib/alerts/webhook-view";
import { DeliveryLog } from "./delivery-log";
import { SecretOnce } from "./secret-once";
import { useAnswer } from "./use-answer";
import type { WebhookActionSet } from "./webhook-actions-type";

type Props = { webhook: WebhookView; deliveries: DeliveryView[]; actions: WebhookActionSet };

/** One webhook: where it goes, whether it is on, what can be done, what was sent. */
export function WebhookItem({ webhook, deliveries, actions }: Props) {
  const { id, url, enabled, disabledBy, createdAtMs, previousSecretUntilMs } = webhook;
  const test = useAnswer(actions.test);
  const toggle = useAnswer(actions.setEnabled);
  const [asking, setAsking] = useState<"rotate" | "remove" | null>(null);

  return (
    <li className="grid grid-cols-1 gap-3 py-4 first:pt-1 last:pb-1" aria-label={url}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <code className="min-w-0 break-all font-medium text-sm">{url}</code>
            <Badge tone={enabled ? "flow" : disabledBy === "gone" ? "stop" : "plain"}>
              {enabled ? "On" : "Off"}
            </Badge>
          </p>
          <p className="mt-1 text-faint text-xs">
            Added <LocalTime ms={createdAtMs} style="date" />
            {disabledBy === "gone" ? " · turned off because it answered 410 Gone" : null}
            {previousSecretUntilMs === null ? null : (
              <>
                {" "}
                · the secret before signs as well until <LocalTime ms={previousSecretUntilMs} />
              </>
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-1 max-sm:[&>button]:px-2.5">
          <Button
            size="sm"
            busy={test.busy}
            disabled={!enabled}
            onClick={() => void test.run({ webhookId: id })}
          >
            Send test
          </Button>
          <Button
            tone="quiet"
            size="sm"
            busy={toggle.busy}
            onClick={() => void toggle.run({ webhookId: id, enabled: !enabled })}
          >
            {enabled ? "Turn off" : "Turn on"}
          </Button>
          <Button tone="quiet" size="sm" onClick={() => setAsking("rotate")}>
            Rotate secret
          </Button>
          <Button tone="quiet" size="sm" className="text-stop" onClick={() => setAsking("remove")}>
            Delete
          </Button>
        </div>
      </div>
      <DeliveryLog webhookId={id} deliveries={deliveries} enabled={enabled} redeliver={actions.redeliver} />
      {asking === "rotate" ? (
        <RotateDialog webhook={webhook} rotate={actions.rotate} onClose={() => setAsking(null)} />
      ) : null}
      {asking === "remove" ? (
        <RemoveDialog webhook={webhook} remove={actions.remove} onClose={() => setAsking(null)} />
      ) : null}
    </li>
  );
}

type Asking<Name extends keyof WebhookActionSet> = { webhook: WebhookView; onClose: () => void } & Pick<
  WebhookActionSet,
  Name
>;

function RotateDialog({ webhook, rotate, onClose }: Asking<"rotate">) {
  const { busy, run } = useAnswer(rotate);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(next) => next || busy || onClose()}
      title="Rotate the secret"
      description={
        secret
          ? webhook.url
          : "A new secret signs from now on. For 24 hours the one before signs as well, so that your receiver can change over."
      }
    >
      {secret ? (
        <div className="grid gap-4">
          <SecretOnce secret={secret} />
          <Button className="justify-self-end" onClick={onClose}>
            I have stored it
          </Button>
        </div>
      ) : (
        <Button
          tone="flow"
          busy={busy}
          onClick={async () => setSecret((await run({ webhookId: webhook.id }))?.secret ?? null)}
        >
          Make a new secret
        </Button>
      )}
    </Dialog>
  );
}

function RemoveDialog({ webhook, remove, onClose }: Asking<"remove">) {
  const { busy, run } = useAnswer(remove);
  return (
    <Dialog
      open
      onOpenChange={(next) => next || busy || onClose()}
      title="Delete the webhook"
      description={
        <>
          Nothing is sent to <span className="break-all">{webhook.url}</span> any more, and its secret is
          erased. Alerts still show here.
        </>
      }
    >
      <Button
        tone="stop"
        busy={busy}
        onClick={async () => {
          if (await run({ webhookId: webhook.id })) onClose();
        }}
      >
        Delete
      </Button>
    </Dialog>
  );
}
