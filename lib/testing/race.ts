/** Runs `act` `count` times at once and waits for all of them, so that no failure is left behind unseen. */
export async function race<T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(Array.from({ length: count }, (_, index) => act(index)));
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
