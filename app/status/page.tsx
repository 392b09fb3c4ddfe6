import type { Metadata } from "next";
import { PageHead } from "@/components/layout/page-head";
import { ChainPanel } from "@/components/status/chain-panel";
import { ago, milliseconds } from "@/components/status/figures";
import { InvariantList } from "@/components/status/invariant-list";
import { PaidCallsPanel } from "@/components/status/paid-calls-panel";
import { Panel } from "@/components/status/panel";
import { TrafficPanel } from "@/components/status/traffic-panel";
import { Verdict } from "@/components/status/verdict";
import { KeepFresh } from "@/components/stream/keep-fresh";
import { Fact } from "@/components/ui/fact";
import { nowMs } from "@/lib/clock";
import { databaseConfigured } from "@/lib/env";
import { formatDuration } from "@/lib/format";
import { getStatus, type Status } from "@/lib/operations/get-status";
import { paths } from "@/lib/paths";

export const metadata: Metadata = { title: "Status" };

/** How the market is doing, for anybody: whether the books hold, and what this server process has seen. */
export default async function StatusPage() {
  if (!databaseConfigured()) return null;
  const status = await getStatus();
  return (
    <>
      <PageHead
        title="Status"
        lead="Whether the books hold and the market answers. Nothing here tells about a single person or stream."
      />
      <KeepFresh />
      <Verdict status={status} />
      <div className="mt-5 grid grid-cols-1 gap-5 lg:grid-cols-2">
        <TrafficPanel status={status} />
        <PaidCallsPanel status={status} />
        <Books status={status} />
        <Parts status={status} />
        {status.chain ? <ChainPanel chain={status.chain} /> : null}
        <VersionCard status={status} />
      </div>
      <p className="mt-5 text-faint text-sm">
        The same as JSON: <code>GET /api/v1/status</code>. For Prometheus: <code>/metrics</code>. All
        operations:{" "}
        <a href={paths.wholeOpenapi} className="underline underline-offset-2">
          {paths.wholeOpenapi}
        </a>
        .
      </p>
    </>
  );
}

function Books({ status: { invariants } }: { status: Status }) {
  const { checks, healthy, checkedAt, tookMs } = invariants;
  const holding = checks.filter(({ violations }) => violations === 0).length;
  const aside =
    checkedAt && tookMs !== null
      ? `Checked ${ago(Number(nowMs()) - checkedAt.getTime())}, took ${milliseconds(tookMs)}`
      : "Not checked yet";
  return (
    <Panel
      id="books"
      title={healthy === null ? "The books" : `The books: ${holding} of ${checks.length} checks hold`}
      aside={aside}
      className="lg:col-span-2"
    >
      <InvariantList checks={checks} checked={healthy !== null} />
      <p className="mt-2 text-faint text-xs">
        Every row of the double-entry journal is read for this, in the background, at most once a minute.
      </p>
    </Panel>
  );
}

function Parts({ status: { database, sweep, streams, requestsServed } }: { status: Status }) {
  return (
    <Panel id="parts" title="The market" aside="All processes">
      <dl className="grid gap-2 text-sm">
        <Fact label="Database">
          {database.up ? `Answers in ${milliseconds(database.pingMs)}` : "Does not answer"}
        </Fact>
        <Fact label="Sweep">
          {sweep.lagMs === null
            ? "Unknown"
            : sweep.lagMs === 0
              ? "Nothing is due"
              : `Longest wait ${formatDuration(BigInt(sweep.lagMs))}`}
        </Fact>
        <Fact label="Active streams">{streams ? streams.open.toLocaleString("en-GB") : "Unknown"}</Fact>
        <Fact label="Streams so far">{streams ? streams.total.toLocaleString("en-GB") : "Unknown"}</Fact>
        <Fact label="Calls served so far">{requestsServed?.toLocaleString("en-GB") ?? "Unknown"}</Fact>
      </dl>
    </Panel>
  );
}

function VersionCard({ status: { version, network, process } }: { status: Status }) {
  return (
    <Panel id="version" title="What runs here">
      <dl className="grid gap-2 text-sm">
        <Fact label="Version">{version.version}</Fact>
        <Fact label="Commit">
          <code className="text-xs">{version.commit?.slice(0, 12) ?? "unknown"}</code>
        </Fact>
        <Fact label="Last migration">
          <code className="break-all text-xs">{version.migration ?? "unknown"}</code>
        </Fact>
        <Fact label="Network">{network}</Fact>
        <Fact label="This process runs for">{formatDuration(BigInt(process.uptimeMs))}</Fact>
      </dl>
    </Panel>
  );
}
