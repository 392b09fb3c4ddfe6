import { describe, expect, test } from "vitest";
import { checkEndpoint } from "./check-endpoint";

const ALLOWED = ["127.0.0.1:4101", "[::1]:4102", "models:8000"];

describe("checkEndpoint", () => {
  test.each([
    ["https://api.letters.dev", "https://api.letters.dev"],
    ["https://api.letters.dev:443/v1/", "https://api.letters.dev/v1"],
    ["https://93.184.216.34/v1", "https://93.184.216.34/v1"],
    ["https://[2606:2800:220:1::1]/", "https://[2606:2800:220:1::1]"],
    ["HTTPS://API.Letters.DEV/A", "https://api.letters.dev/A"],
    ["http://127.0.0.1:4101", "http://127.0.0.1:4101"],
    ["http://[::1]:4102/x", "http://[::1]:4102/x"],
    ["http://models:8000", "http://models:8000"],
  ])("given %s, it is kept as %s", (endpoint, kept) => {
    expect(checkEndpoint(endpoint, ALLOWED)).toBe(kept);
  });

  test.each([
    "http://api.letters.dev",
    "https://api.letters.dev:8443",
    "https://user@api.letters.dev",
    "https://user:pass@api.letters.dev",
    "https://api.letters.dev/?a=1",
    "https://api.letters.dev/#a",
    "https://api.letters.dev/a%2fb",
    "https://api.letters.dev\\@evil.example",
    "https://localhost",
    "https://localhost.",
    "https://db.localhost",
    "https://printer.local",
    "https://metadata.google.internal",
    "https://intranet",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0177.0.0.1",
    "https://0.0.0.0",
    "https://10.0.0.1",
    "https://172.16.0.1",
    "https://192.168.1.1",
    "https://169.254.169.254",
    "https://100.64.0.1",
    "https://224.0.0.1",
    "https://255.255.255.255",
    "https://[::]",
    "https://[::1]",
    "https://[::127.0.0.1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[64:ff9b::7f00:1]",
    "https://[fe80::1]",
    "https://[fc00::1]",
    "https://[2002:7f00:1::]",
    "https://①②⑦.0.0.1",
    "http://127.0.0.1:4104",
    "http://127.0.0.1",
    "ftp://127.0.0.1:4101",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//api.letters.dev",
    "api.letters.dev",
    "https://",
    "https://-",
    "not a url",
  ])("given %s, it is refused", (endpoint) => {
    expect(() => checkEndpoint(endpoint, ALLOWED)).toThrow(
      expect.objectContaining({ code: "invalid-input" }),
    );
  });
});
