import type { Metadata } from "next";
import Link from "next/link";
import { PageHead } from "@/components/layout/page-head";
import { anchorOf } from "@/components/stream/anchor-of";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { StreamWall } from "@/components/stream/stream-wall";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { SignInButton } from "@/components/wallet/sign-in-button";
import { currentAccount } from "@/lib/auth/current-account";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { paths } from "@/lib/paths";
import { listStreams } from "@/lib/streams/list-streams";

export const metadata: Metadata = { title: "Wall of streams" };

/** So many counters move at 60 frames a second (`npm run bench`, counters/1000). */
const CELLS_MAX = 1_000;
/** The counters move by themselves: the page asks only for streams that began or ended. */
const REFRESH_MS = 60_000;

/** All running streams of the signed-in account at once, the newest first: one counter each. */
export default async function WallPage() {
  const account = await currentAccount();
  if (!account)
    return (
      <Empty title="Sign in to see your streams" action={<SignInButton />}>
        Every stream that you pay, or that pays you, as one moving figure.
      </Empty>
    );

  const { items, nextCursor } = await listStreams({
    actor: account.address,
    status: "active",
    limit: CELLS_MAX,
  });
  const cells = items.map((stream) => ({
    id: stream.id,
    name: stream.provider.name,
    anchor: anchorOf(stream),
    used: stream.used,
  }));
  const [first] = items;

  return (
    <>
      <PageHead
        title="Wall of streams"
        lead={
          nextCursor
            ? `The newest ${CELLS_MAX} of your running streams, each with what it has accrued, ${LEDGER_ASSET.symbol}.`
            : `Each running stream of yours with what it has accrued, ${LEDGER_ASSET.symbol}.`
        }
        aside={
          <Button asChild>
            <Link href={paths.streams}>As a list</Link>
          </Button>
        }
      />
      {first ? (
        <StreamWall cells={cells} serverNowMs={first.serverNowMs} asset={LEDGER_ASSET} />
      ) : (
        <Empty
          title="Nothing is running"
          action={
            <Button tone="flow" asChild>
              <Link href={paths.market}>Find a provider</Link>
            </Button>
          }
        >
          Open a stream, and its counter appears here.
        </Empty>
      )}
      <KeepFresh everyMs={REFRESH_MS} />
    </>
  );
}
