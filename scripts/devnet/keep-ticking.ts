import { rpc } from "./rpc";

const TICK_MS = 2_000;
/** After the last transaction the chain goes on at its pace for this long, then slower: each block stays in the state. */
const AWAKE_MS = 10 * 60_000;
const ASLEEP_TICK_MS = 60_000;

type Block = { transactions: readonly unknown[] };

/**
 * Mines an empty block every two seconds beside those that transactions mine at once, so that the chain's clock, its
 * confirmations and what it says of running streams move on. Every minute when nothing was sent for ten.
 *
 * Anvil's own `--block-time 2 --mixed-mining` keeps the state of every block in memory whatever `--prune-history` says:
 * 300 kB a block, a gigabyte after 100 minutes (docs/decisions/0086).
 *
 * @returns how to end it
 */
export function keepTicking(url: string): () => void {
  let usedMs = performance.now();
  let minedMs = performance.now();
  let busy = false;

  async function tick(): Promise<void> {
    const now = performance.now();
    const latest = await rpc<Block>(url, "eth_getBlockByNumber", ["latest", false]);
    if (latest.transactions.length > 0) usedMs = now;
    const pause = now - usedMs < AWAKE_MS ? 0 : ASLEEP_TICK_MS;
    if (now - minedMs < pause) return;
    minedMs = now;
    await rpc(url, "evm_mine");
  }

  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // It has ended, or is being moved in time: whoever started it is told, and the next tick sees.
    tick()
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }, TICK_MS).unref();
  return () => clearInterval(timer);
}
