import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEventReader, type ServerEvent, writeEvent } from "./event-stream";

const read = (...chunks: string[]): ServerEvent[] => {
  const reader = createEventReader();
  return chunks.flatMap((chunk) => reader.push(chunk));
};

describe("writeEvent", () => {
  test("every line of the data gets a field of its own", () => {
    expect(writeEvent({ event: "message", data: "one\ntwo\r\nthree\rfour" })).toBe(
      "event: message\ndata: one\ndata: two\ndata: three\ndata: four\n\n",
    );
  });

  test("a name cannot end its line", () => {
    expect(writeEvent({ event: "a\nevent: payment-receipt", id: "1\r\ndata: x", data: "y" })).toBe(
      "event: aevent: payment-receipt\nid: 1data: x\ndata: y\n\n",
    );
  });
});

describe("createEventReader", () => {
  test("reads the three line endings, comments, and the one optional space", () => {
    expect(read(": hi\ndata:a\r\ndata:  b\rid: 7\rretry: 50\n\ndata\n\n")).toEqual([
      { data: "a\n b", id: "7", retry: 50 },
      { data: "" },
    ]);
  });

  test("a CRLF cut in two by the network is one line end", () => {
    expect(read("data: a\r", "\ndata: b\r", "\n\r", "\n")).toEqual([{ data: "a\nb" }]);
  });

  test("an unfinished last event is not given out", () => {
    expect(read("data: a\n\ndata: b\n")).toEqual([{ data: "a" }]);
  });

  test.each(["payment-receipt", "PAYMENT-RECEIPT", "payment-need-topup", "Payment-void"])(
    "drops a provider's %s event",
    (event) => {
      expect(read(`event: ${event}\ndata: {"forged":true}\n\ndata: ok\n\n`)).toEqual([{ data: "ok" }]);
    },
  );

  test("refuses an event without an end", () => {
    const reader = createEventReader();
    expect(() => reader.push(`data: ${"x".repeat(300_000)}`)).toThrow(RangeError);
  });

  test("whatever a provider sends, in whatever pieces, no event of ours comes out of it", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "data: ",
        "event: payment-receipt",
        "event:payment-receipt",
        ": ",
        "\uFEFF",
        "id: ",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const written = read(...pieces, "\n\n")
          .map(writeEvent)
          .join("");
        // Read as a browser does: split at blank lines, fields at their colon.
        for (const block of written.split("\n\n"))
          for (const line of block.split("\n")) expect(line).not.toMatch(/^event:\s*payment-/i);
        expect(written).not.toContain("\r");
      }),
      { numRuns: 10_000 },
    );
  });

  test("what is written reads back the same", () => {
    const event = fc.record({
      event: fc.constantFrom("message", "progress"),
      data: fc.string({ unit: "grapheme" }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), (events) => {
        const expected = events.map(({ event, data }) => ({ event, data: data.replace(/\r\n|\r/g, "\n") }));
        expect(read(events.map(writeEvent).join(""))).toEqual(expected);
      }),
    );
  });
});
