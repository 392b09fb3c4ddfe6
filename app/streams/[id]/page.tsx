import type { Metadata } from "next";
import Link from "next/link";
import { RunwayAlert } from "@/components/alerts/runway-alert";
import { PageHead } from "@/components/layout/page-head";
import { ChainCard } from "@/components/stream/chain-card";
import { ConservationCard } from "@/components/stream/conservation-card";
import { EventsList } from "@/components/stream/events-list";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { MoneyBreakdown } from "@/components/stream/money-breakdown";
import { SegmentsTable } from "@/components/stream/segments-table";
import { StatusBadge } from "@/components/stream/status-badge";
import { StreamChart } from "@/components/stream/stream-chart";
import { StreamControls } from "@/components/stream/stream-controls";
import { StreamHero } from "@/components/stream/stream-hero";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Empty } from "@/components/ui/empty";
import { SignInButton } from "@/components/wallet/sign-in-button";
import { findStreamAlert } from "@/lib/alerts/list-alerts";
import { currentAccount } from "@/lib/auth/current-account";
import { walletNetwork } from "@/lib/chain/wallet-network";
import { env } from "@/lib/env";
import { orNotFound } from "@/lib/http/or-not-found";
import { streamConservation } from "@/lib/ledger/stream-conservation";
import { getProvider } from "@/lib/market/get-provider";
import { paths } from "@/lib/paths";
import { getChainCheck } from "@/lib/streams/get-chain-check";
import { getStream } from "@/lib/streams/get-stream";
import { getStreamChart } from "@/lib/streams/get-stream-chart";
import { getWallet } from "@/lib/streams/get-wallet";
import { listLatestStreamEvents } from "@/lib/streams/list-stream-events";
import { listStreamSegments } from "@/lib/streams/list-stream-segments";
import { StreamFacts } from "../_components/stream-facts";
import {
  changeStreamTierAction,
  closeStreamAction,
  collectStreamAction,
  pauseStreamAction,
  resumeStreamAction,
  setAutoTopUpAction,
  topUpStreamAction,
} from "../actions";

export const metadata: Metadata = { title: "Stream" };

const EVENTS_SHOWN = 100;
const actions = {
  topUp: topUpStreamAction,
  pause: pauseStreamAction,
  resume: resumeStreamAction,
  changeTier: changeStreamTierAction,
  setAutoTopUp: setAutoTopUpAction,
  collect: collectStreamAction,
  close: closeStreamAction,
};

type Props = { params: Promise<{ id: string }> };

/** One stream, live: what has accrued, how long it lasts, where the money is, and what can be done. */
export default async function StreamPage({ params }: Props) {
  const { id } = await params;
  const account = await currentAccount();
  if (!account)
    return (
      <Empty title="Sign in to see this stream" action={<SignInButton />}>
        A stream is shown to its sender and to its receiver.
      </Empty>
    );

  const actor = account.address;
  // Somebody else's stream is as little there as one that never was.
  const stream = await orNotFound("stream-not-found", getStream({ actor, streamId: id }));
  const [segments, events, chart, books, provider, wallet, alert, check] = await Promise.all([
    listStreamSegments({ actor, streamId: id }),
    listLatestStreamEvents({ actor, streamId: id, limit: EVENTS_SHOWN }),
    getStreamChart({ actor, streamId: id }),
    streamConservation({ actor, streamId: id }),
    getProvider(stream.provider.id),
    getWallet({ address: actor }),
    findStreamAlert({ actor, streamId: id }),
    getChainCheck(stream.id),
  ]);
  const onLedger = stream.rail === "ledger";
  const role = stream.sender.toLowerCase() === actor ? "sender" : "receiver";

  return (
    <>
      <PageHead
        title={
          <span className="flex flex-wrap items-center gap-3">
            {stream.provider.name}
            <StatusBadge status={stream.status} />
          </span>
        }
        lead={
          <Link
            href={paths.provider(stream.provider.id)}
            className="underline underline-offset-4 hover:text-ink"
          >
            {role === "sender" ? "Call this provider" : "Your provider’s page"}
          </Link>
        }
      />
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <div className="grid grid-cols-1 content-start gap-5">
          {role === "sender" ? (
            <RunwayAlert
              alert={alert}
              walletBalance={onLedger ? wallet.balance : null}
              topUp={actions.topUp}
            />
          ) : null}
          <StreamHero
            stream={stream}
            setAutoTopUp={role === "sender" && onLedger ? actions.setAutoTopUp : null}
          />
          <StreamControls
            stream={stream}
            tiers={provider.tiers}
            walletBalance={onLedger ? wallet.balance : null}
            role={role}
            actions={actions}
          />
          <Card aria-labelledby="chart">
            <CardHeader>
              <CardTitle id="chart">
                {stream.rail === "superfluid" ? "Accrual" : "Deposit and accrual"}
              </CardTitle>
            </CardHeader>
            <CardBody>
              <StreamChart data={chart} asset={stream.asset} />
            </CardBody>
          </Card>
          <Card aria-labelledby="segments">
            <CardHeader>
              <CardTitle id="segments">Segments</CardTitle>
            </CardHeader>
            <CardBody className="px-2">
              <SegmentsTable segments={segments} stream={stream} />
            </CardBody>
          </Card>
          <StreamFacts stream={stream} />
        </div>
        <div className="grid grid-cols-1 content-start gap-5">
          <Card aria-labelledby="money">
            <CardHeader>
              <CardTitle id="money">Where the money is</CardTitle>
            </CardHeader>
            <CardBody>
              <MoneyBreakdown stream={stream} />
            </CardBody>
          </Card>
          {stream.chain ? (
            <ChainCard stream={stream} chain={stream.chain} check={check} network={walletNetwork(env).name} />
          ) : null}
          {/* A flow is in no escrow: what it moved is compared with the chain instead. */}
          {stream.rail === "superfluid" ? null : <ConservationCard books={books} />}
          <Card aria-labelledby="events">
            <CardHeader>
              <CardTitle id="events">What happened</CardTitle>
            </CardHeader>
            <CardBody>
              <EventsList events={events} asset={stream.asset} />
            </CardBody>
          </Card>
        </div>
      </div>
      {stream.closedAtMs === null ? <KeepFresh atMs={stream.depletesAtMs} /> : null}
    </>
  );
}
