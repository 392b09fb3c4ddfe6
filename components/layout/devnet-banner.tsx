import { formatDuration } from "@/lib/format";

type Props = {
  /** Where the local chain is; null without one. */
  chain: { block: bigint; aheadMs: bigint } | null;
};

/** Says on every page that nothing here is worth anything, and which time it is where time has been moved. */
export function DevnetBanner({ chain }: Props) {
  return (
    <aside aria-label="Network" className="bg-warn-wash px-4 py-1 text-center font-medium text-warn text-xs">
      Devnet: play money.<span className="max-sm:hidden"> Nothing here can be cashed in.</span>
      {chain ? (
        <span className="max-sm:hidden"> Chain at block {chain.block.toLocaleString("en")}.</span>
      ) : null}
      {chain && chain.aheadMs > 0n ? (
        <span> Its time is {formatDuration(chain.aheadMs)} ahead of the real one.</span>
      ) : null}
    </aside>
  );
}
