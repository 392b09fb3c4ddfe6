import { describe, expect, test } from "vitest";
import { decodeDraft, encodeDraft, newDraft, newStream, placeErrors, readScenario } from "./scenario-draft";

describe("readScenario", () => {
  test("given what the form begins with, it is a scenario in milliseconds and base units", () => {
    expect(readScenario(newDraft)).toEqual({
      errors: {},
      scenario: {
        lengthMs: 43_200_000,
        depositMs: 14_400_000,
        graceMs: 900_000,
        wallet: "100000000000000000000",
        autoTopUp: { triggerMs: 3_600_000, chunkMs: 14_400_000 },
        streams: [
          { tier: "professional", requests: { everyMs: 900_000 } },
          { tier: "basic", price: "1000000000000000", requests: { everyMs: 300_000 } },
        ],
      },
    });
  });

  test("given prices, limits, hours and a close, each has its place", () => {
    const { scenario } = readScenario({
      ...newDraft,
      topUp: false,
      wallet: "",
      streams: [
        { ...newStream, perDay: "2.5", perHour: "3", pattern: "at", atHours: "0, 1.5", closeHour: "6" },
        { ...newStream, pattern: "none" },
      ],
    });
    expect(scenario).toMatchObject({
      autoTopUp: null,
      streams: [
        {
          rate: { amount: "2500000000000000000", periodMs: 86_400_000 },
          maxRequestsPerHour: 3,
          requests: { atMs: [0, 5_400_000] },
          closesAtMs: 21_600_000,
        },
        { tier: "basic" },
      ],
    });
    expect(scenario).not.toHaveProperty("wallet");
  });

  test("given what is no number, it says so at the field", () => {
    const { errors } = readScenario({
      ...newDraft,
      hours: "a day",
      wallet: "-1",
      streams: [{ ...newStream, everyMinutes: "", perHour: "1.5" }],
    });
    expect(errors).toEqual({
      lengthMs: "Write a number, such as 4 or 0.5.",
      wallet: "Write an amount in digits, such as 10 or 0.25.",
      "streams.0.requests": "Write a number, such as 4 or 0.5.",
      "streams.0.maxRequestsPerHour": "Write a whole number above 0.",
    });
  });
});

test("given the API's complaints, each stands at its field, and those without one apart", () => {
  const errors = [
    { pointer: "/body/scenario/streams/1/requests/atMs", message: "Every call is made before the end." },
    { pointer: "/body/scenario/lengthMs", message: "Too big" },
    { pointer: "/body/scenario/streams", message: "These are 6000 calls." },
  ];
  expect(placeErrors(errors, newDraft)).toEqual({
    placed: { "streams.1.requests": "Every call is made before the end.", lengthMs: "Too big" },
    rest: ["These are 6000 calls."],
  });
});

describe("a draft in an address", () => {
  test("comes back as it went", () => {
    expect(decodeDraft(encodeDraft(newDraft))).toEqual(newDraft);
  });

  test("given members of another type or tier, those of the empty form stand in", () => {
    const text = btoa(
      JSON.stringify({ hours: 5, topUp: false, streams: [{ tier: "gold", everyMinutes: "7" }] }),
    );
    expect(decodeDraft(text)).toMatchObject({
      hours: "12",
      topUp: false,
      streams: [{ tier: "basic", everyMinutes: "7", pattern: "every" }],
    });
  });

  test.each(["", "%%%", "e30", btoa('{"streams":[]}')])("given %j, there is none", (text) => {
    expect(decodeDraft(text)).toBeNull();
  });
});
