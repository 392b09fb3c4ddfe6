import { setTimeout as sleep } from "node:timers/promises";
import type { History } from "./history";
import type { Provider } from "./market";
import type { Random } from "./random";

/**
 * The owner of a provider: takes what has accrued again and again, now and then closes a stream, changes its prices, and
 * back.
 */
export function createReceiver(options: { provider: Provider; history: History; random: Random }) {
  const { provider, history, random } = options;
  const { owner } = provider;
  let serial = 0;

  async function act(streamId: string, kind: "collect" | "close"): Promise<void> {
    serial += 1;
    const key = `${provider.id}-${serial}-${kind}`;
    const operation = history.begin(kind, owner.address, {
      key,
      streamId,
      copies: random.chance(0.3) ? 3 : 1,
    });
    await owner.operate(operation, "POST", `/api/v1/streams/${streamId}/${kind}`, {});
  }

  return {
    async run(stopping: () => boolean): Promise<void> {
      while (!stopping()) {
        await sleep(random.int(300, 900));
        if (random.chance(0.08)) await provider.reprice(BigInt(random.int(1, 2)));
        const open = (await owner.listStreams("receiver")).filter(({ status }) => status !== "settled");
        const [first, ...others] = random.shuffled(open).slice(0, 3);
        if (!first) continue;
        for (const { id } of [first, ...others]) await act(id, random.chance(0.04) ? "close" : "collect");
      }
    },
  };
}
