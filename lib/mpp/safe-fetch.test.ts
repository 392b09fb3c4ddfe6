import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isPublicAddress } from "./public-address";
import { checkAddress, publicLookup, safeFetch } from "./safe-fetch";

const code = (run: () => unknown) => {
  try {
    run();
    return "let through";
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

/** Every spelling reaches, or may reach, something that is not the public internet. */
const spellings = [
  "https://127.0.0.1/",
  "https://127.1/",
  "https://127.0.1/",
  "https://127.255.255.254/",
  "https://2130706433/",
  "https://017700000001/",
  "https://0177.0.0.1/",
  "https://0x7f.0.0.1/",
  "https://0x7f000001/",
  "https://0/",
  "https://0.0.0.0/",
  "https://127.0.0.1./",
  "https://①②⑦.⓪.⓪.①/",
  "https://127。0。0。1/",
  "https://%31%32%37.0.0.1/",
  "https://10.0.0.1/",
  "https://10.255.255.255/",
  "https://172.16.0.1/",
  "https://172.31.255.255/",
  "https://192.168.1.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://0xa9fea9fe/",
  "https://100.64.0.1/",
  "https://192.0.0.1/",
  "https://192.0.2.1/",
  "https://198.18.0.1/",
  "https://198.51.100.1/",
  "https://203.0.113.1/",
  "https://224.0.0.1/",
  "https://240.0.0.1/",
  "https://255.255.255.255/",
  "https://[::1]/",
  "https://[::]/",
  "https://[0:0:0:0:0:0:0:1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[::ffff:10.0.0.1]/",
  "https://[::127.0.0.1]/",
  "https://[::7f00:1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2002:7f00:1::]/",
  "https://[2001:0:7f00:1::]/",
  "https://[fe80::1]/",
  "https://[fc00::1]/",
  "https://[fd12:3456::1]/",
  "https://[ff02::1]/",
  "https://[2001:db8::1]/",
  "https://[100::1]/",
  "https://localhost/",
  "https://LOCALHOST/",
  "https://metadata/",
  "http://93.184.216.34/",
  "https://93.184.216.34:8443/",
  "https://93.184.216.34:22/",
  "https://user@93.184.216.34/",
  "https://user:pass@93.184.216.34/",
  "https://:pass@93.184.216.34/",
  "ftp://93.184.216.34/",
  "file:///etc/passwd",
  "gopher://93.184.216.34:443/",
  "data:text/plain,hello",
  "//93.184.216.34/",
  "not a url",
];

describe("checkAddress", () => {
  test.each(spellings)("refuses %s", (address) => {
    expect(code(() => checkAddress(address, []))).toBe("upstream-refused");
  });

  test.each(["https://93.184.216.34/", "https://api.example.com/v1?x=1", "https://[2606:2800:220:1::1]/"])(
    "lets %s through",
    (address) => {
      expect(code(() => checkAddress(address, []))).toBe("let through");
    },
  );

  test("an allowed private upstream is allowed by exactly its host and port", () => {
    const allow = ["127.0.0.1:4101"];
    expect(code(() => checkAddress("http://127.0.0.1:4101/x", allow))).toBe("let through");
    for (const other of [
      "http://127.0.0.1:4102/x",
      "http://127.0.0.2:4101/x",
      "http://localhost:4101/x",
      "http://127.0.0.1/x",
      "http://user@127.0.0.1:4101/x",
      "http://127.0.0.1.example.com:4101/x",
    ])
      expect(code(() => checkAddress(other, allow))).toBe("upstream-refused");
  });
});

test.each(["fe80::1%eth0", "", "999.1.1.1", "1.2.3.4.5", "::ffff:0:127.0.0.1"])(
  "isPublicAddress does not take %s for public",
  (address) => {
    expect(isPublicAddress(address)).toBe(false);
  },
);

describe("publicLookup", () => {
  const lookup = (addresses: string[]) =>
    new Promise<string>((resolve) => {
      const lying = publicLookup((_host, _options, answer) =>
        answer(
          null,
          addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        ),
      );
      lying("provider.example", { all: true }, (error, found) =>
        resolve(error ? String(error.code) : JSON.stringify(found)),
      );
    });

  test("one private address among public ones refuses them all", async () => {
    expect(await lookup(["93.184.216.34", "10.0.0.1"])).toBe("SUPERSTREAM_BLOCKED");
    expect(await lookup(["::ffff:169.254.169.254"])).toBe("SUPERSTREAM_BLOCKED");
    expect(await lookup([])).toBe("SUPERSTREAM_BLOCKED");
  });

  test("public addresses pass", async () => {
    expect(await lookup(["93.184.216.34"])).toContain("93.184.216.34");
  });
});

describe("safeFetch", () => {
  let server: Server;
  let base: string;
  let host: string;
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.url ?? "");
      if (request.url === "/redirect") response.writeHead(302, { location: "/secret" }).end();
      else if (request.url === "/hang") request.resume();
      else if (request.url === "/reset") request.socket.destroy();
      else response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    host = `127.0.0.1:${port}`;
    base = `http://${host}`;
  });
  afterAll(() => server.close());

  const get = (path: string, init: { allow?: string[]; signal?: AbortSignal } = {}) =>
    safeFetch(base + path, { method: "GET", headers: {}, allow: [host], ...init });

  test("reaches what is allowed", async () => {
    expect(await (await get("/")).text()).toBe("hello");
  });

  test("never connects to what is not", async () => {
    const before = seen.length;
    await expect(get("/", { allow: [] })).rejects.toMatchObject({ code: "upstream-refused" });
    expect(seen).toHaveLength(before);
  });

  test("refuses a redirect and does not follow it", async () => {
    await expect(get("/redirect")).rejects.toMatchObject({ code: "upstream-refused" });
    expect(seen).not.toContain("/secret");
  });

  test("tells a timeout from a failure", async () => {
    await expect(get("/hang", { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: "upstream-timeout",
    });
    await expect(get("/reset")).rejects.toMatchObject({ code: "upstream-failed" });
  });
});
