import type { Metadata } from "next";
import Link from "next/link";
import { AddWebhookDialog } from "@/components/alerts/add-webhook-dialog";
import { AlertHistory } from "@/components/alerts/alert-history";
import { AlertList } from "@/components/alerts/alert-list";
import { SignatureHelp } from "@/components/alerts/signature-help";
import { WebhookItem } from "@/components/alerts/webhook-item";
import { PageHead } from "@/components/layout/page-head";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Empty } from "@/components/ui/empty";
import { SignInButton } from "@/components/wallet/sign-in-button";
import { WEBHOOKS_MAX } from "@/lib/alerts/create-webhook";
import { listWebhooks } from "@/lib/alerts/get-webhook";
import { listAlerts } from "@/lib/alerts/list-alerts";
import { listDeliveries } from "@/lib/alerts/webhook-deliveries";
import { currentAccount } from "@/lib/auth/current-account";
import { paths } from "@/lib/paths";
import { getWallet } from "@/lib/streams/get-wallet";
import { topUpStreamAction } from "../streams/actions";
import {
  createWebhookAction,
  deleteWebhookAction,
  dismissAlertAction,
  redeliverAction,
  rotateWebhookAction,
  sendTestAction,
  setWebhookEnabledAction,
} from "./actions";

export const metadata: Metadata = { title: "Alerts" };

const PAGE_SIZE = 20;
const DELIVERIES_SHOWN = 8;
const actions = {
  create: createWebhookAction,
  rotate: rotateWebhookAction,
  setEnabled: setWebhookEnabledAction,
  remove: deleteWebhookAction,
  test: sendTestAction,
  redeliver: redeliverAction,
};

type Props = { searchParams: Promise<{ cursor?: string | string[] }> };

/** What is about to run dry, where to be told of it, and what was told. */
export default async function AlertsPage({ searchParams }: Props) {
  const account = await currentAccount();
  if (!account)
    return (
      <>
        <PageHead title="Alerts" />
        <Empty title="Sign in to see your alerts" action={<SignInButton />}>
          You are told 4 h, 1 h and 10 min before a stream that you pay runs dry.
        </Empty>
      </>
    );

  const actor = account.address;
  const { cursor } = await searchParams;
  const [live, history, webhooks, wallet] = await Promise.all([
    listAlerts({ actor, live: true, limit: 100 }),
    listAlerts({ actor, limit: PAGE_SIZE, ...(typeof cursor === "string" ? { cursor } : {}) }),
    listWebhooks({ actor }),
    getWallet({ address: actor }),
  ]);
  const logs = await Promise.all(
    webhooks.map(({ id }) => listDeliveries({ actor, webhookId: id, limit: DELIVERIES_SHOWN })),
  );

  return (
    <>
      <PageHead
        title="Alerts"
        lead="4 h, 1 h and 10 min before a stream that you pay runs dry: here, and by webhook."
      />
      <div className="grid grid-cols-1 gap-5">
        <Card aria-labelledby="now">
          <CardHeader>
            <CardTitle id="now">Now</CardTitle>
          </CardHeader>
          <div className="py-2">
            {live.items.length === 0 ? (
              <p className="px-5 pt-1 pb-3 text-soft text-sm">
                No stream of yours runs dry soon.{" "}
                <Link href={paths.streams} className="underline underline-offset-4 hover:text-ink">
                  Your streams
                </Link>
              </p>
            ) : null}
            <AlertList
              alerts={live.items}
              walletBalance={wallet.balance}
              topUp={topUpStreamAction}
              dismiss={dismissAlertAction}
              wide
              className="[&>li]:px-5"
            />
          </div>
        </Card>

        <Card aria-labelledby="webhooks">
          <CardHeader>
            <CardTitle id="webhooks">Webhooks</CardTitle>
            <AddWebhookDialog create={actions.create} full={webhooks.length >= WEBHOOKS_MAX} />
          </CardHeader>
          <CardBody>
            {webhooks.length === 0 ? (
              <p className="text-soft text-sm">
                A program that pays by the second has nobody looking at this page. Give it a URL, and every
                alert is sent there as signed JSON, with the amount that keeps the stream running.
              </p>
            ) : (
              <ul aria-label="Your webhooks" className="divide-y divide-line">
                {webhooks.map((webhook, index) => (
                  <WebhookItem
                    key={webhook.id}
                    webhook={webhook}
                    deliveries={logs[index]?.items ?? []}
                    actions={actions}
                  />
                ))}
              </ul>
            )}
            <SignatureHelp />
          </CardBody>
        </Card>

        <Card aria-labelledby="history">
          <CardHeader>
            <CardTitle id="history">Last 30 days</CardTitle>
          </CardHeader>
          <CardBody className={history.items.length > 0 ? "px-2" : ""}>
            {history.items.length > 0 ? (
              <AlertHistory alerts={history.items} />
            ) : (
              <p className="text-soft text-sm">Nothing came near its end.</p>
            )}
            {history.nextCursor ? (
              <p className="mt-3 text-center">
                <Button size="sm" asChild>
                  <Link href={`${paths.alerts}?cursor=${encodeURIComponent(history.nextCursor)}`}>
                    Earlier alerts
                  </Link>
                </Button>
              </p>
            ) : null}
          </CardBody>
        </Card>
      </div>
    </>
  );
}
