import { describe, expect, test } from "vitest";
import { acceptPayment } from "./accept-payment";

const offers = [
  { method: "ledger" },
  { method: "superfluid" },
  { method: "streampay" },
  { method: "evm", intent: "charge" },
];
const all = ["ledger", "superfluid", "streampay", "evm"];

describe("Accept-Payment", () => {
  test.each<{ given: string; header: string | null; order: string[] }>([
    { given: "nothing", header: null, order: all },
    { given: "one method", header: "superfluid/stream", order: ["superfluid"] },
    {
      given: "weights",
      header: "ledger/stream;q=0.1, streampay/stream;q=0.9",
      order: ["streampay", "ledger"],
    },
    { given: "spaces", header: " streampay/stream ; q=1.000 ,ledger/stream;q=0", order: ["streampay"] },
    { given: "any method of an intent", header: "*/charge", order: ["evm"] },
    { given: "any intent of a method", header: "evm/*", order: ["evm"] },
    { given: "everything", header: "*/*", order: all },
    {
      given: "everything but one",
      header: "*/*, superfluid/stream;q=0",
      order: ["ledger", "streampay", "evm"],
    },
    {
      given: "a special case over a general one",
      header: "*/*;q=0.1, evm/charge",
      order: ["evm", "ledger", "superfluid", "streampay"],
    },
    { given: "what we do not have", header: "stripe/charge", order: all },
    { given: "nothing but exclusions", header: "*/*;q=0", order: all },
    { given: "a malformed entry", header: "superfluid/stream, what?", order: all },
    { given: "a weight above one", header: "superfluid/stream;q=2", order: all },
    { given: "an empty value", header: "", order: all },
    { given: "a very long value", header: `${"superfluid/stream,".repeat(80)}superfluid/stream`, order: all },
  ])("given $given, offers are $order", ({ header, order }) => {
    expect(acceptPayment(header, offers).map(({ method }) => method)).toEqual(order);
  });
});
