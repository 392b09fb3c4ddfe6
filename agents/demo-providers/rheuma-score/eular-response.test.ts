import { expect, test } from "vitest";
import { eularResponse } from "./eular-response";

// The table of van Gestel 1998, every cell and every edge.
test.each([
  { from: 4.5, to: 3.2, response: "good" },
  { from: 4.4, to: 3.2, response: "moderate" }, // fell by 1.2 exactly
  { from: 4.5, to: 3.21, response: "moderate" },
  { from: 7, to: 5.2, response: "moderate" },
  { from: 3.9, to: 3.2, response: "moderate" }, // fell by 0.7
  { from: 5.8, to: 5.1, response: "moderate" },
  { from: 5.9, to: 5.11, response: "none" }, // fell by 0.79, still above 5.1
  { from: 3.8, to: 3.2, response: "none" }, // fell by 0.6 exactly
  { from: 3, to: 4, response: "none" },
])("from $from to $to is $response", ({ from, to, response }) => {
  expect(eularResponse(from, to)).toBe(response);
});
