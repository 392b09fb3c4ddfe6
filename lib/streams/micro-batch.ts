/**
 * Gathers calls that arrive together into one `run`. While `lanes` batches are in flight, what arrives waits for the next
 * one; nothing waits for a timer, so a lone call pays no delay. Results come back in the order of the inputs.
 *
 * @param run one result for each input, in order; when it throws, every caller of that batch gets the error
 * @param options.onBatch told the size of each batch
 * @param options.alone tells the errors after which each input is tried by itself: `run` did nothing, because of one of them
 */
export function microBatch<I, O>(
  run: (inputs: I[]) => Promise<O[]>,
  {
    maxSize,
    lanes,
    onBatch = () => {},
    alone = () => false,
  }: {
    maxSize: number;
    lanes: number;
    onBatch?: (size: number) => void;
    alone?: (error: unknown) => boolean;
  },
): (input: I) => Promise<O> {
  type Waiting = { input: I; resolve: (output: O) => void; reject: (error: unknown) => void };
  const queue: Waiting[] = [];
  let inFlight = 0;

  async function flush(batch: Waiting[]): Promise<void> {
    try {
      await settle(batch);
    } finally {
      inFlight -= 1;
      next();
    }
  }

  async function settle(batch: Waiting[]): Promise<void> {
    try {
      const outputs = await run(batch.map(({ input }) => input));
      if (outputs.length !== batch.length) throw new Error(`${batch.length} in, ${outputs.length} out`);
      for (const [i, output] of outputs.entries()) batch[i]?.resolve(output);
    } catch (error) {
      if (batch.length > 1 && alone(error)) for (const one of batch) await settle([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  function next(): void {
    while (inFlight < lanes && queue.length > 0) {
      inFlight += 1;
      const batch = queue.splice(0, maxSize);
      onBatch(batch.length);
      void flush(batch);
    }
  }

  return (input) =>
    new Promise((resolve, reject) => {
      queue.push({ input, resolve, reject });
      // After the other sockets that are readable in this turn of the event loop.
      if (queue.length === 1) setImmediate(next);
    });
}
