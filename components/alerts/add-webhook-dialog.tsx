"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMoneyAction } from "@/components/stream/use-money-action";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SecretOnce } from "./secret-once";
import type { WebhookActionSet } from "./webhook-actions-type";

/** Adds a webhook, then shows its secret. No money moves, but the same key makes sure that one click adds one. */
export function AddWebhookDialog({ create, full }: { create: WebhookActionSet["create"]; full: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" disabled={full} onClick={() => setOpen(true)}>
        <Plus aria-hidden /> Add a webhook
      </Button>
      {open ? <Form create={create} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Form({ create, onClose }: { create: WebhookActionSet["create"]; onClose: () => void }) {
  const [url, setUrl] = useState("");
  const { state, submit } = useMoneyAction(create);
  return (
    <Dialog
      open
      onOpenChange={(next) => next || state.phase === "sent" || onClose()}
      title={state.phase === "confirmed" ? "Webhook added" : "Add a webhook"}
      description={
        state.phase === "confirmed" ? state.value.url : "Every alert of yours is sent there, signed, as JSON."
      }
    >
      {state.phase === "confirmed" ? (
        <div className="grid gap-4">
          <SecretOnce secret={state.value.secret} />
          <Button className="justify-self-end" onClick={onClose}>
            I have stored it
          </Button>
        </div>
      ) : (
        <form
          noValidate
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void submit({ url: url.trim() });
          }}
        >
          <Field
            label="URL"
            required
            hint="A public https address, without a query."
            error={state.phase === "refused" ? withoutPointer(state.problem.detail) : undefined}
          >
            {(control) => (
              <Input
                {...control}
                type="url"
                inputMode="url"
                autoComplete="off"
                spellCheck={false}
                placeholder="https://hooks.example.com/superstream"
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
          <Button
            type="submit"
            tone="flow"
            className="justify-self-end"
            busy={state.phase === "sent"}
            disabled={url.trim() === ""}
          >
            Add webhook
          </Button>
        </form>
      )}
    </Dialog>
  );
}

/** A refusal says which member it means; here there is only one. */
function withoutPointer(detail: string): string {
  return detail.replace(/^\/body\/url: /, "");
}
