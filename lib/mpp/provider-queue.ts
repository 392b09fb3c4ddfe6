import type { Priority } from "@/lib/domain/tier";
import { ProblemError } from "@/lib/errors";

const order: readonly Priority[] = ["critical", "high", "normal"];

type Waiting = { start: () => void };
type Lane = { running: number; waiting: Record<Priority, Waiting[]> };

/**
 * Decides who is served next at a provider that is busy: critical before high before normal, and in order of arrival
 * within each. It counts the calls of this process; several processes share a provider evenly by chance.
 *
 * @param options.maxLength most calls that wait for one provider; the next is refused
 * @param options.maxWaitMs longest wait
 */
export function createProviderQueue(options: { maxLength: number; maxWaitMs: number }) {
  const lanes = new Map<string, Lane>();

  /**
   * Waits for a place and returns the function that gives it back (calling it twice is harmless).
   *
   * @throws ProblemError `provider-busy` with `retryAfterSeconds`
   */
  async function enter(providerId: string, maxConcurrency: number, priority: Priority): Promise<() => void> {
    const lane = laneOf(providerId);
    if (lane.running >= maxConcurrency) await wait(lane, priority);
    else lane.running += 1;

    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave(providerId, lane);
    };
  }

  function wait(lane: Lane, priority: Priority): Promise<void> {
    if (order.reduce((sum, name) => sum + lane.waiting[name].length, 0) >= options.maxLength) throw busy();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        lane.waiting[priority] = lane.waiting[priority].filter((other) => other !== place);
        reject(busy());
      }, options.maxWaitMs);
      const place: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      lane.waiting[priority].push(place);
    });
  }

  /** The place goes to the next in line, so `running` changes only when nobody waits. */
  function leave(providerId: string, lane: Lane): void {
    for (const name of order) {
      const next = lane.waiting[name].shift();
      if (next) {
        next.start();
        return;
      }
    }
    lane.running -= 1;
    if (lane.running === 0) lanes.delete(providerId);
  }

  function laneOf(providerId: string): Lane {
    const known = lanes.get(providerId);
    if (known) return known;
    const lane: Lane = { running: 0, waiting: { critical: [], high: [], normal: [] } };
    lanes.set(providerId, lane);
    return lane;
  }

  function busy(): ProblemError {
    const retryAfterSeconds = Math.max(1, Math.ceil(options.maxWaitMs / 2_000));
    return new ProblemError("provider-busy", "The provider is busy. Nothing was charged; try again.", {
      extensions: { retryAfterSeconds },
    });
  }

  return { enter };
}

export type ProviderQueue = ReturnType<typeof createProviderQueue>;
