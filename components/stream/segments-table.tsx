import { Amount } from "@/components/ui/amount";
import { LocalTime } from "@/components/ui/local-time";
import { Table, Td, Th } from "@/components/ui/table";
import { formatDuration } from "@/lib/format";
import type { SegmentView } from "@/lib/streams/list-stream-segments";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { LiveAmount } from "./live-amount";
import { RateText } from "./rate-text";

const endings: Record<string, string> = {
  rate: "tier changed",
  pause: "paused",
  exhaust: "deposit empty",
  close: "closed",
};

/** More segments than this are not listed: the newest are. */
const SHOWN_MAX = 50;

type Props = { segments: readonly SegmentView[]; stream: StreamView };

/** The stretches of constant rate that a stream is made of. What they accrued adds up to what the stream did. */
export function SegmentsTable({ segments, stream }: Props) {
  const { asset, serverNowMs } = stream;
  const anchor = anchorOf(stream);
  const hidden = Math.max(0, segments.length - SHOWN_MAX);
  return (
    <Table label="Table of segments">
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
        {hidden > 0 ? (
          <tr>
            <Td colSpan={4} className="text-soft">
              {hidden} earlier segments
            </Td>
            <Td className="text-right">
              <Amount value={segments[hidden - 1]?.accruedAtEnd ?? 0n} asset={asset} symbol={false} />
            </Td>
          </tr>
        ) : null}
        {segments.slice(hidden).map(({ seq, tier, rate, startMs, endMs, endCause, accruedAtEnd }, index) => {
          const elapsedMs = (endMs ?? serverNowMs) - startMs;
          const before = segments[hidden + index - 1]?.accruedAtEnd ?? 0n;
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
                {accruedAtEnd === null ? (
                  <LiveAmount
                    label="Accrued in this segment"
                    anchor={anchor}
                    minus={before}
                    serverNowMs={serverNowMs}
                    asset={asset}
                  />
                ) : (
                  <Amount value={accruedAtEnd - before} asset={asset} symbol={false} />
                )}
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
