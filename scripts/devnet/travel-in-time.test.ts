import { expect, test } from "vitest";
import { parseTravel } from "./travel-in-time";

test.each([
  { text: "90s", seconds: 90n },
  { text: "4h", seconds: 14_400n },
  { text: "1d12h", seconds: 129_600n },
  { text: "0s", seconds: 0n },
])("parseTravel reads $text", ({ text, seconds }) => {
  expect(parseTravel(text)).toBe(seconds);
});

test.each(["", "4", "h", "-4h", "4 h", "4h ", "1.5h", "9999999999s"])("parseTravel refuses '%s'", (text) => {
  expect(parseTravel(text)).toBeNull();
});
