import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { Network } from "@/lib/chain/network";
import { findNetwork } from "@/lib/chain/networks";
import { nodeReader } from "./node-reader";

const base = findNetwork(8_453) as Network; // It is in the table.
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A node that answers each method with one result, or with status 503 where it has none. */
async function startNode(results: Record<string, unknown>) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { id, method } = JSON.parse(body);
    asked.push(method);
    response.writeHead(method in results ? 200 : 503, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: results[method] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-key` };
}

describe("nodeReader", () => {
  test("a node on another chain is read from not once", async () => {
    const { asked, url } = await startNode({ eth_chainId: "0x1", eth_getBlockByNumber: null });
    const reader = nodeReader(base, url);
    await expect(reader.head()).rejects.toMatchObject({ reason: "wrong-chain" });
    await expect(reader.block(7n)).rejects.toMatchObject({ reason: "wrong-chain" });
    expect(asked).toEqual(["eth_chainId", "eth_chainId"]);
  });

  test("the right chain is asked for once", async () => {
    const { asked, url } = await startNode({ eth_chainId: "0x2105", eth_getBlockByNumber: null });
    const reader = nodeReader(base, url);
    expect(await reader.block(7n)).toBeNull();
    expect(await reader.block(8n)).toBeNull();
    expect(asked).toEqual(["eth_chainId", "eth_getBlockByNumber", "eth_getBlockByNumber"]);
  });

  test("a silent node rests: nobody waits for it again at once, and its address stays untold", async () => {
    const { asked, url } = await startNode({});
    const reader = nodeReader(base, url);
    const fault = await reader.head().catch((error: Error) => error);
    expect(fault).toMatchObject({ reason: "silent", detail: "status 503" });
    expect(String((fault as Error).stack)).not.toContain("secret-key");
    await expect(reader.head()).rejects.toMatchObject({ reason: "silent", detail: "it was silent before" });
    expect(asked).toEqual(["eth_chainId"]);
  });
});
