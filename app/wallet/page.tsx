import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { PageHead } from "@/components/layout/page-head";
import { StatementFilters } from "@/components/statement/statement-filters";
import { StatementList } from "@/components/statement/statement-list";
import { StatementSum } from "@/components/statement/statement-sum";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { ChainHoldings } from "@/components/wallet/chain-holdings";
import { FaucetButton } from "@/components/wallet/faucet-button";
import { GrantList } from "@/components/wallet/grant-list";
import { ShortAddress } from "@/components/wallet/short-address";
import { SignInButton } from "@/components/wallet/sign-in-button";
import { currentAccount } from "@/lib/auth/current-account";
import { env } from "@/lib/env";
import { listStatementOperation } from "@/lib/http/operations/account-operations";
import { listStatement } from "@/lib/ledger/list-statement";
import { logger } from "@/lib/log";
import { paths } from "@/lib/paths";
import { findChainPlace } from "@/lib/rails/chain-place";
import { listGrants } from "@/lib/rails/superfluid/list-grants";
import { readChainWallet } from "@/lib/rails/superfluid/read-chain-wallet";
import { listOpenDelegations } from "@/lib/streams/delegations";
import { getWallet } from "@/lib/streams/get-wallet";
import { faucetAction } from "../actions";
import { Withdrawals } from "./_components/withdrawals";
import { planWalletChangeAction } from "./actions";
import { revokeDelegationAction } from "./revoke-delegation-action";

export const metadata: Metadata = { title: "Wallet" };

const PAGE_SIZE = 50;

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What the signed-in account has, and every movement that made it so. */
export default async function WalletPage({ searchParams }: Props) {
  const account = await currentAccount();
  if (!account)
    return (
      <>
        <PageHead title="Wallet" />
        <Empty title="Sign in to see your wallet" action={<SignInButton />}>
          Your balance, what is locked in streams, and every movement of it. Signing in costs nothing.
        </Empty>
      </>
    );

  const { kind, fromMs, untilMs, cursor } = readFilter(await searchParams);
  const filter = { kind, fromMs, untilMs };
  const [wallet, onChain, delegations, statement] = await Promise.all([
    getWallet({ address: account.address }),
    readOnChain(account.address),
    listOpenDelegations({ actor: account.address }),
    listStatement({ actor: account.address, ...filter, cursor, limit: PAGE_SIZE }),
  ]);
  const { asset, summary, items, nextCursor } = statement;
  const view = { kind: kind ?? "", fromMs: fromMs?.toString() ?? "", untilMs: untilMs?.toString() ?? "" };
  const used = summary.count > 0 || kind !== undefined || fromMs !== undefined || untilMs !== undefined;
  const older = new URLSearchParams({ ...nonEmpty(view), cursor: nextCursor ?? "" });

  return (
    <>
      <PageHead
        title="Wallet"
        lead={
          <span className="inline-flex items-center gap-1">
            <ShortAddress address={wallet.address} />
            <CopyButton text={wallet.address} label="Copy the address" />
          </span>
        }
        aside={env.NETWORK === "devnet" ? <FaucetButton faucet={faucetAction} /> : null}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <Holding label="Balance" note="On Superstream’s ledger, free to lock in a stream.">
          <Amount value={wallet.balance} asset={asset} />
        </Holding>
        <Holding
          label="In streams"
          note={
            <>
              Locked, of which a part has flowed already.{" "}
              <Link href={paths.streams} className="underline underline-offset-4 hover:text-ink">
                Your streams
              </Link>
            </>
          }
        >
          <Amount value={wallet.inStreams} asset={asset} />
        </Holding>
      </div>

      {onChain === "silent" ? (
        <Notice tone="warn" title="The chain does not answer" className="mt-5">
          What your wallet holds there is not known right now. It is not lost.
        </Notice>
      ) : onChain ? (
        <ChainHoldings wallet={onChain.holdings} plan={planWalletChangeAction} />
      ) : null}
      {onChain === "silent" && delegations.length === 0 ? null : (
        <GrantList
          onChain={
            onChain === null || onChain === "silent"
              ? null
              : { grants: onChain.grants, asset: onChain.holdings.superToken.asset }
          }
          plan={planWalletChangeAction}
          delegated={{ delegations, asset, revoke: revokeDelegationAction }}
        />
      )}

      <Withdrawals address={account.address} />

      <Card aria-labelledby="statement" className="mt-5">
        <CardHeader>
          <CardTitle id="statement">Statement</CardTitle>
        </CardHeader>
        {used ? (
          <>
            <CardBody className="grid gap-4">
              <StatementFilters {...view} />
              <StatementSum
                summary={summary}
                asset={asset}
                period={fromMs !== undefined || untilMs !== undefined}
              />
            </CardBody>
            <div className="pb-2 sm:px-2">
              {items.length > 0 ? (
                <StatementList rows={items} asset={asset} />
              ) : (
                <p className="px-5 py-8 text-center text-sm text-soft">
                  No movement of this kind in this period.
                </p>
              )}
            </div>
            {cursor !== undefined || nextCursor ? (
              <nav aria-label="Pages" className="flex justify-center gap-3 border-line border-t p-4">
                {cursor !== undefined ? (
                  <Button asChild>
                    <Link href={`${paths.wallet}?${new URLSearchParams(nonEmpty(view))}`}>Newest</Link>
                  </Button>
                ) : null}
                {nextCursor ? (
                  <Button asChild>
                    <Link href={`${paths.wallet}?${older}`}>Older</Link>
                  </Button>
                ) : null}
              </nav>
            ) : null}
          </>
        ) : (
          <CardBody>
            <p className="max-w-prose pb-2 text-sm text-soft">
              Nothing has moved yet.{" "}
              {env.NETWORK === "devnet" ? "Get play money above, then " : "Once the wallet is funded, "}
              <Link href={paths.market} className="underline underline-offset-4 hover:text-ink">
                pick a provider
              </Link>{" "}
              and open a stream: each movement is then written here, with the balance after it.
            </p>
          </CardBody>
        )}
      </Card>
      {cursor === undefined ? <KeepFresh /> : null}
    </>
  );
}

/** Null without Superfluid. A page does not fail because a node does. */
async function readOnChain(address: string) {
  const place = findChainPlace();
  if (!place?.network.superfluid) return null;
  try {
    const [holdings, grants] = await Promise.all([
      readChainWallet(place, place.network.superfluid, address),
      listGrants(place, address),
    ]);
    return { holdings, grants };
  } catch (error) {
    logger.warn({ error }, "A wallet could not be read from the chain");
    return "silent";
  }
}

function Holding({ label, note, children }: { label: string; note: ReactNode; children: ReactNode }) {
  return (
    <Card aria-label={label} className="px-5 py-4">
      <p className="text-sm text-soft">{label}</p>
      <p className="mt-1 font-semibold text-2xl tracking-tight sm:text-3xl">{children}</p>
      <p className="mt-1.5 text-faint text-xs">{note}</p>
    </Card>
  );
}

/** The address may say anything: what is no filter is left out. */
function readFilter(asked: Record<string, string | string[] | undefined>) {
  const { kind, fromMs, untilMs, cursor } = listStatementOperation.query.shape;
  return {
    kind: kind.safeParse(asked.kind).data,
    fromMs: fromMs.safeParse(asked.fromMs).data,
    untilMs: untilMs.safeParse(asked.untilMs).data,
    cursor: cursor.safeParse(asked.cursor).data,
  };
}

function nonEmpty(view: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== ""));
}
