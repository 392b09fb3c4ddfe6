import { LayoutGrid } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { PageHead } from "@/components/layout/page-head";
import { CollectAllButton } from "@/components/stream/collect-all-button";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { StreamFilters } from "@/components/stream/stream-filters";
import { StreamList } from "@/components/stream/stream-list";
import { StreamsStrip } from "@/components/stream/streams-strip";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { SignInButton } from "@/components/wallet/sign-in-button";
import { currentAccount } from "@/lib/auth/current-account";
import { listStreamsOperation } from "@/lib/http/operations/stream-operations";
import { providerId, streamId } from "@/lib/http/schemas";
import { paths } from "@/lib/paths";
import { getStreamsOverview } from "@/lib/streams/get-streams-overview";
import { listStreams } from "@/lib/streams/list-streams";

export const metadata: Metadata = { title: "Streams" };

const PAGE_SIZE = 50;

type Asked = Record<string, string | string[] | undefined>;

/** Every stream of the signed-in account, newest first, live, and what they come to. */
export default async function StreamsPage({ searchParams }: { searchParams: Promise<Asked> }) {
  const account = await currentAccount();
  if (!account)
    return (
      <>
        <PageHead title="Streams" />
        <Empty title="Sign in to see your streams" action={<SignInButton />}>
          A stream pays a provider by the second for as long as you want it to. Signing in costs nothing.
        </Empty>
      </>
    );

  const { cursor, ...values } = readFilter(await searchParams);
  const [overview, { items, nextCursor }] = await Promise.all([
    getStreamsOverview({ actor: account.address }),
    listStreams({
      actor: account.address,
      limit: PAGE_SIZE,
      role: values.role,
      status: values.status === "open" ? undefined : values.status,
      open: values.status === "open",
      providerId: values.provider,
      cursor,
    }),
  ]);
  if (overview.total === 0)
    return (
      <>
        <PageHead title="Streams" />
        <Empty
          title="No streams yet"
          action={
            <Button tone="flow" asChild>
              <Link href={paths.market}>Find a provider</Link>
            </Button>
          }
        >
          Pick a provider, choose a tier and lock a deposit: it flows by the second while you call the
          provider. Close the stream whenever you like, and what was not used comes back.
        </Empty>
      </>
    );

  const shown = { role: values.role ?? "", status: values.status ?? "", provider: values.provider ?? "" };
  return (
    <>
      <PageHead
        title="Streams"
        lead="What you pay, and what pays you, as it flows."
        aside={
          <div className="flex flex-wrap gap-2">
            <CollectAllButton overview={overview} />
            {overview.running > 1 ? (
              <Button asChild>
                <Link href={paths.wall}>
                  <LayoutGrid aria-hidden /> As a wall
                </Link>
              </Button>
            ) : null}
          </div>
        }
      />
      <div className="grid gap-5">
        <StreamsStrip overview={overview} />
        <StreamFilters values={shown} providers={overview.providers} />
        {items.length > 0 ? (
          <div>
            <StreamList streams={items} viewer={account.address} />
          </div>
        ) : (
          <Empty
            title="No stream like that"
            action={
              <Button asChild>
                <Link href={paths.streams}>Show all streams</Link>
              </Button>
            }
          >
            None of your {overview.total} streams fits these filters.
          </Empty>
        )}
      </div>
      {nextCursor ? (
        <p className="mt-6 text-center">
          <Button asChild>
            <Link href={`${paths.streams}?${olderQuery(shown, nextCursor)}`}>Older streams</Link>
          </Button>
        </p>
      ) : null}
      {overview.running > 0 ? <KeepFresh /> : null}
    </>
  );
}

/** The address may say anything: what is no filter is left out. */
function readFilter(asked: Asked) {
  const { role, status } = listStreamsOperation.query.shape;
  return {
    role: role.safeParse(asked.role).data,
    status: asked.status === "open" ? ("open" as const) : status.safeParse(asked.status).data,
    provider: providerId.safeParse(asked.provider).data,
    cursor: streamId.safeParse(asked.cursor).data,
  };
}

function olderQuery(shown: Record<string, string>, cursor: string): URLSearchParams {
  return new URLSearchParams(Object.entries({ ...shown, cursor }).filter(([, value]) => value !== ""));
}
