import type { Metadata } from "next";
import Link from "next/link";
import { PageHead } from "@/components/layout/page-head";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { StreamRow } from "@/components/stream/stream-row";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { SignInButton } from "@/components/wallet/sign-in-button";
import { currentAccount } from "@/lib/auth/current-account";
import { paths } from "@/lib/paths";
import { listStreams } from "@/lib/streams/list-streams";

export const metadata: Metadata = { title: "Streams" };

const PAGE_SIZE = 50;

type Props = { searchParams: Promise<{ cursor?: string | string[] }> };

/** Every stream of the signed-in account, newest first. */
export default async function StreamsPage({ searchParams }: Props) {
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

  const { cursor } = await searchParams;
  const { items, nextCursor } = await listStreams({
    actor: account.address,
    limit: PAGE_SIZE,
    ...(typeof cursor === "string" ? { cursor } : {}),
  });

  return (
    <>
      <PageHead
        title="Streams"
        lead={items.length > 0 ? "What you pay, and what pays you, as it flows." : undefined}
      />
      {items.length > 0 ? (
        <ul aria-label="Your streams" className="grid gap-3">
          {items.map((stream) => (
            <StreamRow key={stream.id} stream={stream} viewer={account.address} />
          ))}
        </ul>
      ) : (
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
      )}
      {nextCursor ? (
        <p className="mt-6 text-center">
          <Button asChild>
            <Link href={`${paths.streams}?cursor=${encodeURIComponent(nextCursor)}`}>Older streams</Link>
          </Button>
        </p>
      ) : null}
      {items.some(({ status }) => status === "active") ? <KeepFresh /> : null}
    </>
  );
}
