import { describe, expect, test } from "vitest";
import { databaseTrouble } from "./database-trouble";

describe("databaseTrouble", () => {
  test.each([
    { given: "a crash of the server (57P02)", error: coded("57P02") },
    { given: "an administrator's cut (57P01)", error: coded("57P01") },
    { given: "a server that starts (57P03)", error: coded("57P03") },
    { given: "a lock that was not to be had", error: coded("55P03") },
    { given: "a transaction that another one overtook", error: coded("40001") },
    { given: "a deadlock that was ended", error: coded("40P01") },
    { given: "a statement past its time", error: coded("57014") },
    { given: "too many connections", error: coded("53300") },
    { given: "a connection that failed", error: coded("08006") },
    { given: "no connection of Prisma's", error: coded("P2024") },
    { given: "a refused connection", error: coded("ECONNREFUSED") },
    {
      given: "a connection cut in the middle of a query",
      error: new Error("Connection terminated unexpectedly"),
    },
    { given: "no connection in time", error: new Error("timeout exceeded when trying to connect") },
    { given: "a pool that is closing", error: new Error("Cannot use a pool after calling end on the pool") },
    { given: "one of them as the cause", error: new Error("query failed", { cause: coded("57P01") }) },
  ])("given $given, it says to try again, and promises nothing about what happened", ({ error }) => {
    const problem = databaseTrouble(error);
    expect(problem?.code).toBe("unavailable");
    expect(problem?.options.extensions).toEqual({ retryAfterSeconds: 1 });
    expect(problem?.message).not.toMatch(/nothing was/i);
  });

  test.each([
    { given: "a violated constraint: a bug of ours", error: coded("23505") },
    { given: "wrong SQL", error: coded("42601") },
    { given: "anything else", error: new Error("Connection of two ideas") },
    { given: "something that is no error", error: "Connection terminated" },
  ])("given $given, it is silent", ({ error }) => {
    expect(databaseTrouble(error)).toBeNull();
  });
});

function coded(code: string): Error {
  return Object.assign(new Error("as pg says it"), { code });
}
