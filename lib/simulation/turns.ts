import "server-only";
import { ProblemError } from "@/lib/errors";

type Bounds = {
  /** How many may be at it at once. */
  running: number;
  /** How many may wait for that. */
  waiting: number;
  /** How long one waits before it is told to come again. */
  waitMs: number;
};

/** Work that few may do at once: the others wait their turn, in order, not for long, and not too many of them. */
export class Turns {
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(private readonly bounds: Bounds) {}

  /**
   * @returns what to call when the work has ended
   * @throws ProblemError `rate-limited` with `retryAfterSeconds` when the queue is full or does not move
   */
  async take(): Promise<() => void> {
    if (this.#running >= this.bounds.running) {
      if (this.#queue.length >= this.bounds.waiting) throw busy();
      await this.#wait();
    } else this.#running += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const next = this.#queue.shift();
      if (next)
        next(); // The turn is handed over: as many run as before.
      else this.#running -= 1;
    };
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(proceed), 1);
        reject(busy());
      }, this.bounds.waitMs);
      const proceed = () => {
        clearTimeout(giveUp);
        resolve();
      };
      this.#queue.push(proceed);
    });
  }
}

function busy(): ProblemError {
  return new ProblemError("rate-limited", "Other simulations are running. Try again in a few seconds.", {
    extensions: { retryAfterSeconds: 5 },
  });
}
