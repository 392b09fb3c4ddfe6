import Link from "next/link";
import { z } from "zod";
import { PageHead } from "@/components/layout/page-head";
import { MarketFilters } from "@/components/market/market-filters";
import { ProviderCard } from "@/components/market/provider-card";
import { SummaryStrip } from "@/components/market/summary-strip";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { databaseConfigured } from "@/lib/env";
import { CATEGORIES } from "@/lib/market/categories";
import { getMarketSummary } from "@/lib/market/get-market-summary";
import { listCapabilities } from "@/lib/market/list-capabilities";
import { listCategories } from "@/lib/market/list-categories";
import { listProviders } from "@/lib/market/list-providers";
import { paths } from "@/lib/paths";

const PAGE_SIZE = 24;

/** A filter that means nothing is left out rather than refused: addresses get shortened, and links get old. */
const marketQuery = z.object({
  search: z.string().trim().min(1).max(100).optional().catch(undefined),
  capability: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .catch(undefined),
  category: z.enum(CATEGORIES).optional().catch(undefined),
  sort: z.enum(["name", "price", "newest"]).optional().catch(undefined),
  cursor: z.string().max(600).optional().catch(undefined),
});

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The market: who sells what, from how much. */
export default async function MarketPage({ searchParams }: Props) {
  if (!databaseConfigured()) return null;
  const query = marketQuery.parse(await searchParams);
  const [summary, categories, capabilities, { items, nextCursor }] = await Promise.all([
    getMarketSummary({ limit: 1 }),
    listCategories(),
    listCapabilities(),
    listProviders({ ...query, limit: PAGE_SIZE }),
  ]);
  const filtered = Boolean(query.search ?? query.capability ?? query.category);

  return (
    <>
      <PageHead
        title="Buy services by the second"
        lead="Open a stream to a provider, call it as long as the stream flows, and close it when you are done. You pay for the seconds, and the rest comes back."
      />
      <SummaryStrip summary={summary} />
      <div className="mt-8 mb-5">
        <MarketFilters
          // The fields start over when the address changes by a link.
          key={JSON.stringify(query)}
          values={{
            search: query.search ?? "",
            capability: query.capability ?? "",
            category: query.category ?? "",
            sort: query.sort ?? "",
          }}
          capabilities={capabilities}
          categories={categories}
        />
      </div>
      {items.length > 0 ? (
        <ul aria-label="Providers" className="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
          {items.map((provider) => (
            <ProviderCard key={provider.id} provider={provider} />
          ))}
        </ul>
      ) : filtered ? (
        <Empty
          title="No provider fits"
          action={
            <Button asChild>
              <Link href={paths.market}>Show all providers</Link>
            </Button>
          }
        >
          Try fewer words, or another capability.
        </Empty>
      ) : (
        <Empty title="No providers yet">
          A provider joins with one signed request: see <code>POST /api/v1/providers</code> in the API
          description.
        </Empty>
      )}
      {nextCursor ? (
        <p className="mt-6 text-center">
          <Button asChild>
            <Link
              href={`${paths.market}?${new URLSearchParams({ ...definedOf(query), cursor: nextCursor })}`}
            >
              More providers
            </Link>
          </Button>
        </p>
      ) : null}
    </>
  );
}

function definedOf(query: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
