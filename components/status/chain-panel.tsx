import { formatDuration, formatToken } from "@/lib/format";
import type { Status } from "@/lib/operations/get-status";
import { Fact } from "../ui/fact";
import { Panel } from "./panel";

/** How far the mirror of the chain is, and whether it is what the chain says. */
export function ChainPanel({ chain }: { chain: NonNullable<Status["chain"]> }) {
  const { network, indexedBlock, headBlock, ageMs, late, trouble, compared, differing, assets, backing } =
    chain;
  return (
    <Panel
      id="chain"
      title={network}
      aside={indexedBlock === null ? "Not read yet" : `Block ${indexedBlock}`}
    >
      <dl className="grid gap-2 text-sm">
        <Fact label="Index">
          {ageMs === null ? (
            "Has not caught up yet"
          ) : (
            <span className={late ? "text-warn" : undefined}>
              {late ? "Behind for " : "Up to date, "}
              {late ? formatDuration(BigInt(ageMs)) : `looked at ${formatDuration(BigInt(ageMs))} ago`}
            </span>
          )}
        </Fact>
        {headBlock !== null && indexedBlock !== null && headBlock > indexedBlock ? (
          <Fact label="Blocks to go">{headBlock - indexedBlock}</Fact>
        ) : null}
        {trouble ? <Fact label="Trouble">{trouble}</Fact> : null}
        <Fact label="Streams like the chain’s">
          <span className={differing > 0 ? "text-stop" : undefined}>
            {compared - differing} of {compared}
          </span>
        </Fact>
        {assets.map(({ held, owed, ...asset }) => (
          <Fact key={asset.symbol} label={`${asset.symbol} in escrow`}>
            <span className={held < owed ? "text-stop" : undefined}>
              {formatToken(held, asset)} held, {formatToken(owed, asset)} owed
            </span>
          </Fact>
        ))}
        {backing.map(({ held, owed, blockNumber, ...asset }) => (
          <Fact key={asset.symbol} label={`${asset.symbol} behind credit, block ${blockNumber}`}>
            <span className={held < owed ? "text-stop" : undefined}>
              {formatToken(held, asset)} held, {formatToken(owed, asset)} owed,{" "}
              {held < owed
                ? `${formatToken(owed - held, asset)} missing`
                : `${formatToken(held - owed, asset)} over`}
            </span>
          </Fact>
        ))}
      </dl>
    </Panel>
  );
}
