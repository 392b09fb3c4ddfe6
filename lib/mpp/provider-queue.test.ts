import { describe, expect, test } from "vitest";
import { createProviderQueue } from "./provider-queue";

const queue = (over = {}) => createProviderQueue({ maxLength: 10, maxWaitMs: 1_000, ...over });

describe("the queue of a busy provider", () => {
  test("serves critical before high before normal, and in order of arrival within each", async () => {
    const { enter } = queue();
    const leave = await enter("acme", 1, "normal");
    const order: string[] = [];
    const arrivals = (["normal", "high", "normal", "critical", "high", "critical"] as const).map(
      (priority, index) =>
        enter("acme", 1, priority).then((done) => {
          order.push(`${priority} ${index}`);
          done();
        }),
    );
    leave();
    await Promise.all(arrivals);
    expect(order).toEqual(["critical 3", "critical 5", "high 1", "high 4", "normal 0", "normal 2"]);
  });

  test("never runs more at once than the provider takes, and uses all of it", async () => {
    const { enter } = queue({ maxLength: 100 });
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 60 }, async () => {
        const leave = await enter("acme", 3, "normal");
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running -= 1;
        leave();
        leave(); // Twice is harmless.
      }),
    );
    expect(most).toBe(3);
  });

  test("one provider's crowd does not hold up another", async () => {
    const { enter } = queue();
    await enter("acme", 1, "normal");
    await expect(enter("globex", 1, "normal")).resolves.toBeTypeOf("function");
  });

  test("given a full queue, the next is refused at once", async () => {
    const { enter } = queue({ maxLength: 1 });
    await enter("acme", 1, "normal");
    const waiting = enter("acme", 1, "normal");
    await expect(enter("acme", 1, "critical")).rejects.toMatchObject({ code: "provider-busy" });
    waiting.catch(() => {});
  });

  test("given a wait that is too long, it gives up, and its place goes to nobody", async () => {
    const { enter } = queue({ maxWaitMs: 20 });
    const leave = await enter("acme", 1, "normal");
    await expect(enter("acme", 1, "critical")).rejects.toMatchObject({
      code: "provider-busy",
      options: { extensions: { retryAfterSeconds: 1 } },
    });
    leave();
    await expect(enter("acme", 1, "normal")).resolves.toBeTypeOf("function");
  });
});
