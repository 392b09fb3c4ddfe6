import { expect, test } from "vitest";
import { webhookBody } from "./webhook-body";

const payload = {
  alertId: "alt_1",
  streamId: "str_1",
  providerId: "rheumascore",
  providerName: "RheumaScore",
  thresholdMs: 3_600_000,
  runwayMs: 3_599_400,
  depletesMs: 1_795_136_400_001,
  remaining: "416597222222222222",
  asset: "USDCx",
  rateAmount: "10000000000000000000",
  ratePeriodMs: 86_400_000,
  obstacle: null,
};

test("given an alert, the body says what runs dry, when, and how to keep it running", () => {
  const stored = { type: "stream.runway-low", payload, createdMs: 1_795_132_800_600 };
  expect(JSON.parse(webhookBody(stored, "https://superstream.example"))).toEqual({
    type: "stream.runway-low",
    timestamp: "2026-11-20T00:00:00.600Z",
    data: {
      alertId: "alt_1",
      streamId: "str_1",
      provider: { id: "rheumascore", name: "RheumaScore" },
      thresholdSeconds: 3_600,
      runwaySeconds: 3_599,
      depletesAt: "2026-11-20T01:00:00.001Z",
      remaining: "416597222222222222",
      asset: { symbol: "USDCx", decimals: 18 },
      suggestedTopUp: "1666667000000000000",
      autoTopUpObstacle: null,
      streamUrl: "https://superstream.example/streams/str_1",
      topUpUrl: "https://superstream.example/api/v1/streams/str_1/top-up",
    },
  });
});

test("given the same alert in another order of members, as the database may give it, the bytes are the same", () => {
  const backwards = Object.fromEntries(Object.entries(payload).reverse());
  const bodyOf = (stored: unknown) =>
    webhookBody({ type: "stream.runway-low", payload: stored, createdMs: 1 }, "https://superstream.example");
  expect(bodyOf(backwards)).toBe(bodyOf(payload));
});
