import { Amount } from "@/components/ui/amount";
import { LocalTime } from "@/components/ui/local-time";
import { Table, Td, Th } from "@/components/ui/table";
import type { Asset } from "@/lib/domain/asset";
import { amountOver } from "@/lib/domain/rate";
import { formatDuration } from "@/lib/format";
import type { SegmentView } from "@/lib/streams/list-stream-segments";
import { RateText } from "./rate-text";

const endings: Record<string, string> = {
  rate: "tier changed",
  pause: "paused",
  exhaust: "deposit empty",
  close: "closed",
};

type Props = { segments: readonly SegmentView[]; asset: Asset; serverNowMs: bigint };

/** The stretches of constant rate that a stream is made of. */
export function SegmentsTable({ segments, asset, serverNowMs }: Props) {
  return (
    <Table>
      <thead>
        <tr>
          <Th>Rate</Th>
          <Th>From</Th>
          <Th>Until</Th>
          <Th className="text-right">Time</Th>
          <Th className="text-right">Accrued</Th>
        </tr>
      </thead>
      <tbody>
        {segments.map(({ seq, tier, rate, startMs, endMs, endCause }) => {
          const elapsedMs = (endMs ?? serverNowMs) - startMs;
          return (
            <tr key={seq}>
              <Td>
                <RateText rate={rate} asset={asset} />
                <span className="block text-faint text-xs">{tier}</span>
              </Td>
              <Td>
                <Moment ms={startMs} />
              </Td>
              <Td>
                {endMs === null ? (
                  <span className="text-flow-strong">running</span>
                ) : (
                  <Moment ms={endMs} note={endings[endCause ?? ""] ?? endCause} />
                )}
              </Td>
              <Td className="whitespace-nowrap text-right">
                {formatDuration(elapsedMs > 0n ? elapsedMs : 0n)}
              </Td>
              <Td className="text-right">
                <Amount
                  value={amountOver(rate, elapsedMs > 0n ? elapsedMs : 0n, "floor")}
                  asset={asset}
                  symbol={false}
                />
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function Moment({ ms, note }: { ms: bigint; note?: string | null | undefined }) {
  return (
    <>
      <LocalTime ms={ms} style="time" className="whitespace-nowrap" />
      <span className="block whitespace-nowrap text-faint text-xs">
        <LocalTime ms={ms} style="date" />
        {note ? `, ${note}` : null}
      </span>
    </>
  );
}
