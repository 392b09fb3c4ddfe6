"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import type { AlertView } from "@/lib/alerts/alert-view";
import { deleteWebhook, rotateWebhookSecret, setWebhookEnabled } from "@/lib/alerts/change-webhook";
import { createWebhook } from "@/lib/alerts/create-webhook";
import { dismissAlert } from "@/lib/alerts/dismiss-alert";
import { type DeliveryView, redeliver, sendTest } from "@/lib/alerts/webhook-deliveries";
import type { WebhookView, WebhookWithSecret } from "@/lib/alerts/webhook-view";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { alertId, deliveryId, webhookId } from "@/lib/http/schemas";
import { paths } from "@/lib/paths";

const alertInput = z.strictObject({ alertId });
const createInput = z.strictObject({
  idempotencyKey: z.uuid(),
  url: z.string().min(1, "Write a URL.").max(2_000),
});
const webhookInput = z.strictObject({ webhookId });
const enabledInput = webhookInput.extend({ enabled: z.boolean() });
const deliveryInput = webhookInput.extend({ deliveryId });

/** Puts an alert away, on every page that shows it. */
export async function dismissAlertAction(input: unknown): Promise<ActionResult<AlertView>> {
  return signedInAction(async (actor) => {
    const dismissed = await dismissAlert({ actor, ...alertInput.parse(input) });
    revalidatePath("/", "layout");
    return dismissed;
  });
}

/** Adds a webhook; the answer has its secret. */
export async function createWebhookAction(input: unknown): Promise<ActionResult<WebhookWithSecret>> {
  return signedInAction(async (actor) => shown(await createWebhook({ actor, ...createInput.parse(input) })));
}

/** A new secret for a webhook. */
export async function rotateWebhookAction(input: unknown): Promise<ActionResult<WebhookWithSecret>> {
  return signedInAction(async (actor) =>
    shown(await rotateWebhookSecret({ actor, ...webhookInput.parse(input) })),
  );
}

/** Turns a webhook on or off. */
export async function setWebhookEnabledAction(input: unknown): Promise<ActionResult<WebhookView>> {
  return signedInAction(async (actor) =>
    shown(await setWebhookEnabled({ actor, ...enabledInput.parse(input) })),
  );
}

/** Deletes a webhook and its secret. */
export async function deleteWebhookAction(input: unknown): Promise<ActionResult<{ deleted: true }>> {
  return signedInAction(async (actor) => shown(await deleteWebhook({ actor, ...webhookInput.parse(input) })));
}

/** Sends a test message. */
export async function sendTestAction(input: unknown): Promise<ActionResult<DeliveryView>> {
  return signedInAction(async (actor) => shown(await sendTest({ actor, ...webhookInput.parse(input) })));
}

/** Sends a message of the log again. */
export async function redeliverAction(input: unknown): Promise<ActionResult<DeliveryView>> {
  return signedInAction(async (actor) => shown(await redeliver({ actor, ...deliveryInput.parse(input) })));
}

function shown<T>(value: T): T {
  revalidatePath(paths.alerts);
  return value;
}
