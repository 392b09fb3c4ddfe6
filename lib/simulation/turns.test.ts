import { describe, expect, test, vi } from "vitest";
import { Turns } from "./turns";

describe("turns", () => {
  test("given two at work, a third waits until one ends, and begins then", async () => {
    const turns = new Turns({ running: 2, waiting: 1, waitMs: 10_000 });
    const [first] = [await turns.take(), await turns.take()];
    const third = vi.fn();
    const waiting = turns.take().then(third);
    await Promise.resolve();
    expect(third).not.toHaveBeenCalled();
    first();
    first(); // Ending twice gives one turn back, not two.
    await waiting;
    expect(third).toHaveBeenCalledOnce();
    await expect(Promise.race([turns.take(), Promise.resolve("waits")])).resolves.toBe("waits");
  });

  test("given a full queue, one more is refused at once and told when to come again", async () => {
    const turns = new Turns({ running: 1, waiting: 0, waitMs: 10_000 });
    await turns.take();
    await expect(turns.take()).rejects.toMatchObject({
      code: "rate-limited",
      options: { extensions: { retryAfterSeconds: 5 } },
    });
  });

  test("given a queue that does not move, who waits is refused in time and leaves no gap", async () => {
    vi.useFakeTimers();
    const turns = new Turns({ running: 1, waiting: 2, waitMs: 1_000 });
    const end = await turns.take();
    const late = turns.take();
    const refused = expect(late).rejects.toMatchObject({ code: "rate-limited" });
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
    const next = turns.take();
    end();
    await expect(next).resolves.toBeTypeOf("function");
    vi.useRealTimers();
  });
});
