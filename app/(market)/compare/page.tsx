import type { Metadata } from "next";
import Link from "next/link";
import { PageHead } from "@/components/layout/page-head";
import { CompareTable } from "@/components/market/compare-table";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { compareIds } from "@/lib/domain/compare-ids";
import { databaseConfigured } from "@/lib/env";
import { getProviders } from "@/lib/market/get-providers";
import { listServices } from "@/lib/market/list-services";
import { getProviderHealth } from "@/lib/market/provider-health";
import { paths } from "@/lib/paths";

export const metadata: Metadata = { title: "Compare providers" };

/** More services of one provider than this are counted, not named. */
const SERVICES_SHOWN = 8;

type Props = { searchParams: Promise<{ ids?: string | string[] }> };

/** Up to four providers side by side: prices, limits, health, and what they do. */
export default async function ComparePage({ searchParams }: Props) {
  if (!databaseConfigured()) return null;
  const ids = compareIds((await searchParams).ids);
  const [providers, health] = await Promise.all([getProviders(ids), getProviderHealth(ids)]);
  const columns = await Promise.all(
    providers.map(async (provider) => ({
      provider,
      health: health.get(provider.id),
      services: (await listServices({ provider: provider.id, limit: SERVICES_SHOWN })).items,
    })),
  );
  const missing = ids.filter((id) => providers.every((provider) => provider.id !== id));

  return (
    <>
      <PageHead
        title="Compare providers"
        lead="The same figures of each, side by side. The best of a row is marked."
        aside={
          <Button asChild>
            <Link href={paths.market}>Back to the market</Link>
          </Button>
        }
      />
      {missing.length > 0 ? (
        <p role="status" className="mb-4 text-sm text-warn">
          Not in the market: {missing.join(", ")}.
        </p>
      ) : null}
      {columns.length > 0 ? (
        <CompareTable columns={columns} />
      ) : (
        <Empty
          title="Nothing picked yet"
          action={
            <Button asChild tone="flow">
              <Link href={paths.market}>Pick providers</Link>
            </Button>
          }
        >
          In the market, tick <strong>Compare</strong> on up to four cards, then press{" "}
          <strong>Compare</strong> below them. The address of this page keeps the choice, so it can be shared.
        </Empty>
      )}
    </>
  );
}
