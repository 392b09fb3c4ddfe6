import { beforeEach, describe, expect, test, vi } from "vitest";
import { clientIp, PEER_HEADER } from "./client-ip";

const settings = vi.hoisted(() => ({ TRUSTED_PROXIES: 0 }));
vi.mock("@/lib/env", () => ({ env: settings }));

beforeEach(() => {
  settings.TRUSTED_PROXIES = 0;
});

function ip(forwarded: string | null, peer: string | null): string {
  const headers = new Headers();
  if (forwarded !== null) headers.set("X-Forwarded-For", forwarded);
  if (peer !== null) headers.set(PEER_HEADER, peer);
  return clientIp(new Request("http://localhost/", { headers }));
}

describe("clientIp", () => {
  test("given no trusted proxy, the socket decides whatever a caller says", () => {
    expect(ip("1.1.1.1, 2.2.2.2", "9.9.9.9")).toBe("9.9.9.9");
    expect(ip(null, "9.9.9.9")).toBe("9.9.9.9");
    expect(ip("1.1.1.1", null)).toBe("direct");
  });

  test("given one trusted proxy, it is whom that proxy saw, not what was said to it", () => {
    settings.TRUSTED_PROXIES = 1;
    expect(ip("6.6.6.6, 2.2.2.2", "10.0.0.1")).toBe("2.2.2.2");
    expect(ip("6.6.6.6, 2.2.2.2", null)).toBe("2.2.2.2");
  });

  test("given two trusted proxies, one hop further; given fewer hops than proxies, the furthest there is", () => {
    settings.TRUSTED_PROXIES = 2;
    expect(ip("6.6.6.6, 3.3.3.3, 10.0.0.2", "10.0.0.1")).toBe("3.3.3.3");
    expect(ip(null, "10.0.0.1")).toBe("10.0.0.1");
  });
});
