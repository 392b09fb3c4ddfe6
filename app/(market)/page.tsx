import Link from "next/link";
import { ActiveWishes } from "@/components/market/active-wishes";
import { COMPARE_FORM, CompareSelection } from "@/components/market/compare-selection";
import { MarketFilters } from "@/components/market/market-filters";
import { marketHref } from "@/components/market/market-href";
import { NetworkPanel } from "@/components/market/network-panel";
import { NoProviderFits } from "@/components/market/no-provider-fits";
import { ProviderCard } from "@/components/market/provider-card";
import { TryStrip } from "@/components/market/try-strip";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { currentAccount } from "@/lib/auth/current-account";
import { isFiltered } from "@/lib/domain/market-query";
import { databaseConfigured, env } from "@/lib/env";
import { findTryService, tryHref } from "@/lib/market/find-try-service";
import { getFirstSteps } from "@/lib/market/get-first-steps";
import { getMarketFacets } from "@/lib/market/get-market-facets";
import { getMarketSummary } from "@/lib/market/get-market-summary";
import { getNetworkFlow } from "@/lib/market/get-network-flow";
import { listProviders } from "@/lib/market/list-providers";
import { getProviderHealth } from "@/lib/market/provider-health";
import { readMarketQuery, type SearchParams } from "@/lib/market/read-market-query";
import { paths } from "@/lib/paths";

const PAGE_SIZE = 24;

type Props = { searchParams: Promise<SearchParams> };

/** The market: who sells what, how well, from how much. */
export default async function MarketPage({ searchParams }: Props) {
  if (!databaseConfigured()) return null;
  const { query, cursor } = readMarketQuery(await searchParams);
  const account = await currentAccount();
  const devnet = env.NETWORK === "devnet";
  const [summary, flow, { total, facets, without }, { items, nextCursor }, steps, tried] = await Promise.all([
    getMarketSummary({ limit: 1 }),
    getNetworkFlow(),
    getMarketFacets(query),
    listProviders({ ...query, cursor, limit: PAGE_SIZE }),
    getFirstSteps(account?.address ?? null),
    devnet ? findTryService() : null,
  ]);
  const health = await getProviderHealth(items.map(({ id }) => id));
  const filtered = isFiltered(query);

  return (
    <>
      <div className="grid grid-cols-1 items-stretch gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_27rem]">
        <div className="flex flex-col justify-center py-2">
          <h1 className="font-semibold text-4xl leading-[1.05] tracking-tight sm:text-5xl">
            Buy services by the second
          </h1>
          <p className="mt-4 max-w-xl text-pretty text-lg text-soft">
            Open a stream to a provider, call it as long as the stream flows, and close it when you are done.
            You pay for the seconds, and the rest comes back.
          </p>
          <p className="mt-5 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
            <Link
              href={paths.docs}
              className="font-medium underline underline-offset-4 hover:text-flow-strong"
            >
              Call it from an agent
            </Link>
            <Link
              href={paths.simulator}
              className="font-medium underline underline-offset-4 hover:text-flow-strong"
            >
              See a day in the simulator
            </Link>
          </p>
        </div>
        <NetworkPanel flow={flow} summary={summary} />
      </div>
      {tried && !steps.answered ? (
        <TryStrip steps={steps} href={tryHref(tried)} service={tried.name} />
      ) : null}

      <section aria-labelledby="providers" className="mt-12">
        <CompareSelection>
          <MarketFilters query={query} facets={facets}>
            <div className="mb-3 flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1">
              <h2 id="providers" className="font-semibold tracking-tight">
                Providers
              </h2>
              <p role="status" className="text-sm text-soft tabular-nums">
                {filtered
                  ? `${total.toLocaleString("en")} of ${summary.providers.toLocaleString("en")} fit`
                  : `${total.toLocaleString("en")} in the market`}
              </p>
            </div>
            <ActiveWishes query={query} />
            {items.length > 0 ? (
              <ul aria-label="Providers" className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
                {items.map((provider) => (
                  <ProviderCard key={provider.id} provider={provider} health={health.get(provider.id)} />
                ))}
              </ul>
            ) : filtered ? (
              <NoProviderFits query={query} without={without} />
            ) : (
              <NoProviders />
            )}
            <Pages
              query={marketHref(query)}
              next={nextCursor ? marketHref(query, nextCursor) : null}
              further={cursor !== undefined}
            />
          </MarketFilters>
        </CompareSelection>
        {/* Where no script runs, the checkboxes of the cards still compare. */}
        <form id={COMPARE_FORM} action={paths.compare([]).split("?")[0]} method="get">
          <noscript>
            <Button type="submit" className="mt-4">
              Compare the picked providers
            </Button>
          </noscript>
        </form>
      </section>
    </>
  );
}

function NoProviders() {
  return (
    <Empty
      title="No providers yet"
      action={
        <Button asChild>
          <Link href={`${paths.docs}#provide`}>How to become one</Link>
        </Button>
      }
    >
      A provider joins with one signed request, <code>POST /api/v1/providers</code>: its name, its endpoint,
      its prices. It is paid for every second of every stream.
    </Empty>
  );
}

function Pages({ query, next, further }: { query: string; next: string | null; further: boolean }) {
  if (!next && !further) return null;
  return (
    <nav aria-label="Pages" className="mt-6 flex justify-center gap-3">
      {further ? (
        <Button asChild>
          <Link href={query}>Back to the first</Link>
        </Button>
      ) : null}
      {next ? (
        <Button asChild>
          <Link href={next}>More providers</Link>
        </Button>
      ) : null}
    </nav>
  );
}
