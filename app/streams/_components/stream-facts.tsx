import { Amount } from "@/components/ui/amount";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Fact } from "@/components/ui/fact";
import { LocalTime } from "@/components/ui/local-time";
import { ShortAddress } from "@/components/wallet/short-address";
import type { StreamView } from "@/lib/streams/stream-view";

/** The terms of a stream and its counts. */
export function StreamFacts({ stream }: { stream: StreamView }) {
  const { asset } = stream;
  return (
    <Card aria-labelledby="facts">
      <CardHeader>
        <CardTitle id="facts">Terms</CardTitle>
      </CardHeader>
      <CardBody>
        <dl className="grid gap-x-10 gap-y-2 text-sm sm:grid-cols-2">
          <Fact label="Tier">
            {stream.tier}, {stream.priority} priority
          </Fact>
          <Fact label="Limit">{stream.maxRequestsPerHour} calls an hour</Fact>
          <Fact label="Calls">
            {stream.served.toString()} served, {stream.denied.toString()} refused
          </Fact>
          {stream.used > 0n ? (
            <Fact label="Charged for calls">
              <Amount value={stream.used} asset={asset} />
            </Fact>
          ) : null}
          <Fact label="Opened">
            <LocalTime ms={stream.startedAtMs} />
          </Fact>
          <Fact label="From">
            <ShortAddress address={stream.sender} />
          </Fact>
          <Fact label="To">
            <ShortAddress address={stream.receiver} />
          </Fact>
          <Fact label="Id">
            <span className="inline-flex items-center gap-1">
              <span className="max-w-40 truncate font-mono text-xs" title={stream.id}>
                {stream.id}
              </span>
              <CopyButton text={stream.id} label="Copy the stream id" />
            </span>
          </Fact>
        </dl>
      </CardBody>
    </Card>
  );
}
