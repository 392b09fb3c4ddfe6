import { describe, expect, test } from "vitest";
import { requireSecret } from "./require-secret";

const SECRET = "an-operators-secret-of-some-length";
const request = (authorization?: string) =>
  new Request("http://localhost/", authorization ? { headers: { Authorization: authorization } } : {});

describe("requireSecret", () => {
  test("given the secret as a bearer token, it lets in", () => {
    expect(() => requireSecret(request(`Bearer ${SECRET}`), SECRET)).not.toThrow();
  });

  test.each([
    undefined,
    "Bearer",
    "Bearer ",
    `Bearer ${SECRET}x`,
    `Bearer ${SECRET.slice(1)}`,
    SECRET,
    `Basic ${SECRET}`,
  ])("given %s, it does not", (authorization) => {
    expect(() => requireSecret(request(authorization), SECRET)).toThrow(
      expect.objectContaining({ code: "sign-in-required" }),
    );
  });

  test("given that no secret is set, nothing opens, not even an empty or undefined one", () => {
    for (const authorization of ["Bearer undefined", "Bearer ", undefined])
      for (const expected of [undefined, ""])
        expect(() => requireSecret(request(authorization), expected)).toThrow(
          expect.objectContaining({ code: "sign-in-required" }),
        );
  });
});
