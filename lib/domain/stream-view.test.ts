import { expect, test } from "vitest";
import { LEDGER_ASSET } from "./asset";
import { perDay } from "./rate";
import { publicStreamView } from "./stream-view";

const stream = {
  streamId: "str_1",
  sender: "0xa",
  receiver: "0xb",
  rate: perDay(10n ** 19n),
  asset: LEDGER_ASSET,
  active: true,
  startedMs: 1_000n,
  endedMs: null,
  accrued: 416_666_666_666_666_666n,
};

test("it has exactly the nine members of S0.8, decimals as text", () => {
  expect(publicStreamView(stream, 3_601_999n)).toEqual({
    stream_id: "str_1",
    sender: "0xa",
    receiver: "0xb",
    flow_rate_per_second: "0.000115740740740740",
    flow_rate_per_day: "10.000000",
    token: "USDCx",
    is_active: true,
    elapsed_seconds: "3600.9",
    total_accrued: "0.416667",
  });
});

test.each([
  { given: "a moment before the start", endedMs: null, atMs: 0n, elapsed: "0.0" },
  { given: "the start", endedMs: null, atMs: 1_000n, elapsed: "0.0" },
  { given: "a stream that ended", endedMs: 5_200n, atMs: 99_000n, elapsed: "4.2" },
])(
  "given $given, $elapsed s have passed at the caller's clock (S0.9, D0.7)",
  ({ endedMs, atMs, elapsed }) => {
    expect(publicStreamView({ ...stream, endedMs }, atMs).elapsed_seconds).toBe(elapsed);
  },
);
