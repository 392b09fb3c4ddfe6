"use client";
import { Amount } from "@/components/ui/amount";
import { Fact } from "@/components/ui/fact";
import { useInBrowser } from "@/components/ui/use-in-browser";
import type { StreamView } from "@/lib/streams/stream-view";
import { estimateOf } from "./close-estimate";

/** Once the chain has settled: what it says was paid, beside what the counter showed when this browser asked it to close. */
export function SettledEstimate({ stream }: { stream: StreamView }) {
  const inBrowser = useInBrowser();
  const estimate = inBrowser ? estimateOf(stream.id) : null;
  if (estimate === null || stream.status !== "settled") return null;
  const { asset, billed } = stream;
  const more = billed >= estimate;
  return (
    <dl aria-label="Settled and estimated" className="grid gap-2 border-line border-t pt-3 text-sm">
      <Fact label="Settled by the chain">
        <Amount value={billed} asset={asset} digits={9} rounding="down" />
      </Fact>
      <Fact label="Shown when you closed">
        <Amount value={estimate} asset={asset} digits={9} rounding="down" />
      </Fact>
      <Fact label="Difference">
        {more ? "+" : "−"}
        <Amount value={more ? billed - estimate : estimate - billed} asset={asset} digits={9} />
      </Fact>
    </dl>
  );
}
