import type { Metadata } from "next";
import Link from "next/link";
import { cache, type ReactNode } from "react";
import { PageHead } from "@/components/layout/page-head";
import { categoryName } from "@/components/market/category-name";
import { FirstSteps } from "@/components/market/first-steps";
import { HealthPanel } from "@/components/market/health-panel";
import { OwnStream } from "@/components/market/own-stream";
import { PaidCall } from "@/components/market/paid-call/paid-call";
import { shortAmount } from "@/components/market/short-amount";
import { TierCards } from "@/components/market/tier-cards";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Notice } from "@/components/ui/notice";
import { ShortAddress } from "@/components/wallet/short-address";
import { currentAccount } from "@/lib/auth/current-account";
import { databaseConfigured, env } from "@/lib/env";
import { formatDuration } from "@/lib/format";
import { orNotFound } from "@/lib/http/or-not-found";
import { getFirstSteps } from "@/lib/market/get-first-steps";
import { getProvider } from "@/lib/market/get-provider";
import { getService } from "@/lib/market/get-service";
import { listServices } from "@/lib/market/list-services";
import { getProviderHealth } from "@/lib/market/provider-health";
import { findOperatorAccount } from "@/lib/outbox/operator-account";
import { paths } from "@/lib/paths";
import { chainRailOptions } from "@/lib/rails/chain-rail-options";
import { getWallet } from "@/lib/streams/get-wallet";
import { listStreams } from "@/lib/streams/list-streams";
import type { StreamView } from "@/lib/streams/stream-view";
import { faucetAction } from "../../actions";
import { openStreamAction, planOpeningAction } from "./actions";

const SERVICES_MAX = 50;
const OWN_STREAMS_MAX = 20;
/** The steps of a first visit are shown until this many calls were served. */
const GUIDED_CALLS = 2n;

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ service?: string | string[] }>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  if (!databaseConfigured()) return {};
  const { name, description } = await findProvider((await params).id);
  return { title: name, description };
}

/** One provider: its tiers, your stream to it, and its services, each with a form that makes a real paid call. */
export default async function ProviderPage({ params, searchParams }: Props) {
  if (!databaseConfigured()) return null;
  const provider = await findProvider((await params).id);
  const account = await currentAccount();
  const [services, wallet, streams, steps, health] = await Promise.all([
    listServices({ provider: provider.id, limit: SERVICES_MAX }),
    account ? getWallet({ address: account.address }) : null,
    account ? findOwnStreams(account.address, provider.id) : [],
    getFirstSteps(account?.address ?? null),
    getProviderHealth([provider.id]).then((found) => found.get(provider.id)),
  ]);
  const { service: wanted } = await searchParams;
  const chosen = services.items.find(({ slug }) => slug === wanted) ?? services.items[0];
  const service = chosen ? await getService(chosen.id) : null;
  // Without one that flows, the one that could: the provider then says what it needs.
  const paying = streams.find(({ status }) => status === "active") ?? streams[0];
  // The steps stay ticked for a moment: they go with the next calls, or on another provider's page.
  const guided =
    provider.active && (!steps.answered || (paying !== undefined && steps.served <= GUIDED_CALLS));
  const faucet = env.NETWORK === "devnet" ? faucetAction : null;
  const onChain = {
    rails: chainRailOptions(),
    plan: planOpeningAction,
    relays: findOperatorAccount() !== null,
  };

  return (
    <>
      <PageHead
        title={provider.name}
        lead={provider.description}
        aside={
          <dl className="flex gap-6 text-sm sm:gap-8">
            <Figure label="Streams now">{provider.activeStreams.toLocaleString("en")}</Figure>
            <Figure label="Calls served">{provider.totalRequestsServed.toLocaleString("en")}</Figure>
            <Figure label="Earned">
              <Amount value={provider.totalEarned} asset={provider.asset} digits={4} />
            </Figure>
          </dl>
        }
      />
      <div className="-mt-2 mb-6 flex flex-wrap items-center gap-1.5 text-sm">
        <Badge tone="flow">{categoryName(provider.category)}</Badge>
        {provider.capabilities.map((capability) => (
          <Badge key={capability}>{capability}</Badge>
        ))}
        <span className="ml-1 text-faint text-xs">
          paid to <ShortAddress address={provider.owner} />
        </span>
      </div>
      {provider.active ? null : (
        <Notice tone="warn" title="This provider takes no new streams" className="mb-5">
          Its owner has switched it off. Streams that are open can still be closed.
        </Notice>
      )}
      {faucet && service && guided ? (
        <FirstSteps
          provider={provider}
          service={service.name}
          wallet={wallet}
          streamId={paying?.id ?? null}
          answered={steps.answered}
          faucet={faucet}
          openStream={openStreamAction}
        />
      ) : null}
      {streams.length > 0 ? (
        <section aria-labelledby="your-streams" className="mb-6">
          <h2 id="your-streams" className="mb-2 font-semibold">
            Your {streams.length === 1 ? "stream" : "streams"}
          </h2>
          <ul className="grid gap-3">
            {streams.map((stream) => (
              <OwnStream key={stream.id} stream={stream} />
            ))}
          </ul>
        </section>
      ) : null}
      <div className="mb-10 grid grid-cols-1 items-start gap-x-6 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <section aria-labelledby="tiers">
          <h2 id="tiers" className="mb-3 font-semibold text-xl tracking-tight">
            Tiers
          </h2>
          <TierCards
            provider={provider}
            wallet={wallet}
            faucet={faucet}
            openStream={openStreamAction}
            onChain={onChain}
          />
          <p className="mt-3 max-w-prose text-sm text-soft">
            A tier is a price of time. The stream pays while it flows, however much you call, up to the calls
            an hour. The deposit buys the first {formatDuration(provider.depositMs)}; top it up to go on. When
            it is empty, calls are refused, and after {formatDuration(provider.graceMs)} of grace the stream
            closes by itself.
          </p>
        </section>
        {health ? <HealthPanel health={health} /> : null}
      </div>

      <section aria-labelledby="services">
        <h2 id="services" className="mb-3 font-semibold text-xl tracking-tight">
          Services
        </h2>
        {service ? (
          <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[16rem_minmax(0,1fr)]">
            <nav
              aria-label="Services"
              className="flex gap-2 overflow-x-auto pb-1 lg:grid lg:gap-1 lg:overflow-visible"
            >
              {services.items.map((item) => (
                <Link
                  key={item.id}
                  href={`${paths.provider(provider.id)}?service=${encodeURIComponent(item.slug)}`}
                  scroll={false}
                  aria-current={item.id === service.id ? "true" : undefined}
                  className={cn(
                    "shrink-0 rounded-lg border px-3 py-2 text-sm hover:border-line-strong",
                    item.id === service.id ? "border-flow bg-flow-wash" : "border-line bg-card",
                  )}
                >
                  <span className="block font-medium">{item.name}</span>
                  <span className="block text-faint text-xs">
                    {item.capability}
                    {item.pricePerCall > 0n ? (
                      <>
                        {" · "}
                        {shortAmount(item.pricePerCall, provider.asset.decimals)} {provider.asset.symbol} a
                        call
                      </>
                    ) : (
                      " · in the stream"
                    )}
                  </span>
                </Link>
              ))}
            </nav>
            <Card aria-label={service.name}>
              <CardBody>
                <h3 className="font-semibold text-lg">{service.name}</h3>
                <p className="mt-0.5 text-sm text-soft">{service.description}</p>
                <p className="mt-1 mb-5 break-all font-mono text-faint text-xs">
                  {service.method} {service.door}
                </p>
                <PaidCall
                  key={service.id}
                  provider={provider}
                  service={service}
                  stream={paying ? { id: paying.id, tier: paying.tier } : null}
                  wallet={wallet}
                  faucet={faucet}
                  openStream={openStreamAction}
                  onChain={onChain}
                />
              </CardBody>
            </Card>
          </div>
        ) : (
          <p className="text-soft">This provider lists no service yet.</p>
        )}
      </section>
    </>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="caption">{label}</dt>
      <dd className="figure mt-0.5 font-semibold text-lg">{children}</dd>
    </div>
  );
}

const findProvider = cache((providerId: string) => orNotFound("provider-not-found", getProvider(providerId)));

/** The account's streams to this provider that can still pay, the newest first. */
async function findOwnStreams(actor: string, providerId: string): Promise<StreamView[]> {
  const { items } = await listStreams({
    actor,
    role: "sender",
    providerId,
    open: true,
    limit: OWN_STREAMS_MAX,
  });
  return items.filter(({ closedAtMs }) => closedAtMs === null);
}
