import { describe, expect, test } from "vitest";
import { metrics } from "@/lib/metrics/metrics";
import { measured, methodLabel, startMeasure } from "./measure";
import { writeProblem } from "./write-problem";

const refusal = { type: "about:blank", title: "No", status: 409, detail: "No.", code: "stream-state" };

describe("methodLabel", () => {
  test.each([
    ["GET", "GET"],
    ["DELETE", "DELETE"],
    ["BREW", "other"],
    ["get", "other"],
    [undefined, "other"],
  ])("given %s, the label is %s: callers add no series of their own", (method, label) => {
    expect(methodLabel(method)).toBe(label);
  });
});

describe("measured", () => {
  test("given answers and a refusal, each is counted by route and status, the refusal by its code, all of them timed", async () => {
    const { requests, responses, errors, durations } = metrics();
    await measured("/one", "POST", async () => new Response("fine"));
    await measured("/one", "POST", async () => writeProblem(refusal));
    await measured("/one", "POST", async () => new Response("odd", { status: 418 }));
    expect(requests.of("/one", "POST").n).toBe(3);
    expect(["200", "409", "418"].map((status) => responses.of("/one", "POST", status).n)).toEqual([1, 1, 1]);
    const refused = errors.entries().filter(({ labels }) => labels.endpoint === "/one");
    expect(refused.map(({ labels, cell }) => [labels.error_type, cell.n])).toEqual([
      ["stream-state", 1],
      ["status-418", 1],
    ]);
    expect(durations.of("/one", "POST").counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  test("given an answer that is no Response, it is counted when it ends", () => {
    const end = startMeasure("/two", "GET");
    expect(metrics().requests.of("/two", "GET").n).toBe(1);
    end(500);
    expect(metrics().errors.of("/two", "GET", "status-500").n).toBe(1);
  });
});
