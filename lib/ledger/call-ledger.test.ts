import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { callLedger } from "./call-ledger";

const answer = z.object({ streamId: z.string() });

describe("callLedger", () => {
  test("it calls the function by name, once, in an unnamed statement, with amounts as decimal text", async () => {
    const { db, asked } = database({ rows: [{ result: { streamId: "str_1" } }] });
    const input = { amount: 10n ** 30n, note: null };
    expect(await callLedger("top_up_stream", input, answer, db)).toEqual({ streamId: "str_1" });
    expect(asked).toEqual([
      {
        text: "select top_up_stream($1::jsonb) as result",
        values: ['{"amount":"1000000000000000000000000000000","note":null}'],
      },
    ]);
  });

  test.each(["40001", "40P01", "55P03"])("given SQLSTATE %s, it asks the same again", async (code) => {
    const { db, asked } = database(failure(code), failure(code), {
      rows: [{ result: { streamId: "str_1" } }],
    });
    expect(await callLedger("pause_stream", {}, answer, db)).toEqual({ streamId: "str_1" });
    expect(asked).toEqual([asked[0], asked[0], asked[0]]);
  });

  test("given a deadlock every time, it gives up after five", async () => {
    const { db, asked } = database(failure("40P01"));
    await expect(callLedger("pause_stream", {}, answer, db)).rejects.toMatchObject({ code: "40P01" });
    expect(asked).toHaveLength(5);
  });

  test("given a refusal, it is thrown with its members, and not asked again", async () => {
    const refusal = failure("SP001", "insufficient-balance", '{"balance": "5", "required": "7"}');
    const { db, asked } = database(refusal);
    const thrown = await callLedger("open_stream", {}, answer, db).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ProblemError);
    expect(thrown).toMatchObject({
      code: "insufficient-balance",
      message: "The balance is too low. Nothing was moved.",
      options: { extensions: { balance: "5", required: "7" }, cause: refusal },
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    { what: "a refusal that we do not know", error: failure("SP001", "something-else") },
    { what: "a constraint that held", error: failure("23514") },
  ])("given $what, it is thrown as it is: a bug of ours", async ({ error }) => {
    const { db, asked } = database(error);
    await expect(callLedger("open_stream", {}, answer, db)).rejects.toBe(error);
    expect(asked).toHaveLength(1);
  });

  test("given an answer of another shape, it throws", async () => {
    const { db } = database({ rows: [{ result: { stream: "str_1" } }] });
    await expect(callLedger("open_stream", {}, answer, db)).rejects.toThrow(z.ZodError);
  });
});

/** Answers what is asked with one outcome after the other, the last one for ever. */
function database(...outcomes: (Error | { rows: unknown[] })[]) {
  const asked: unknown[] = [];
  const query = async (statement: unknown) => {
    asked.push(statement);
    const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { asked, db: { query } as unknown as Queryable };
}

function failure(code: string, message = "failed", detail?: string): Error {
  return Object.assign(new Error(message), { code, detail });
}
