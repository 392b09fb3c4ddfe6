import { describe, expect, test } from "vitest";
import { operation } from "./operation";

const by = { actor: `0x${"AB".repeat(20)}`, idempotencyKey: "key-1" };
const hash = (name: string, input: Record<string, unknown>, from = by) =>
  operation(name, from, input).requestHash;

describe("operation", () => {
  test("it gives the members that the ledger claims a key by, beside the input", () => {
    expect(operation("top_up_stream", by, { streamId: "str_1", amount: 5n })).toEqual({
      streamId: "str_1",
      amount: 5n,
      actor: `0x${"ab".repeat(20)}`,
      idempotencyKey: "key-1",
      // printf '["top_up_stream",{"amount":"5","streamId":"str_1"}]' | sha256sum
      requestHash: "a001ed7c07515fffc40dc7359335a2b2ca29a040940b0063ac403f74c8027c4d",
    });
  });

  test("given no key, the key is null: the operation runs each time", () => {
    expect(operation("pause_stream", { actor: "0xa" }, {}).idempotencyKey).toBeNull();
  });

  test("the order of members, also of inner ones, says nothing", () => {
    const rule = { triggerMs: 1n, chunkMs: 2n };
    const turned = { chunkMs: 2n, triggerMs: 1n };
    expect(hash("f", { a: 1n, rule })).toBe(hash("f", { rule: turned, a: 1n }));
  });

  test("who asks says nothing: a key is its actor's anyway", () => {
    expect(hash("f", { a: 1n })).toBe(hash("f", { a: 1n }, { actor: "0xb", idempotencyKey: "key-2" }));
  });

  test.each([
    { what: "another function", other: hash("g", { a: 1n }) },
    { what: "another amount", other: hash("f", { a: 2n }) },
    { what: "a member more", other: hash("f", { a: 1n, b: null }) },
    { what: "another name", other: hash("f", { b: 1n }) },
    { what: "null for an amount", other: hash("f", { a: null }) },
    { what: "a list", other: hash("f", { a: [1n] }) },
  ])("given $what, the hash is another", ({ other }) => {
    expect(other).not.toBe(hash("f", { a: 1n }));
  });
});
