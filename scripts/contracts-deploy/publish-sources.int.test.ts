import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { zeroAddress } from "viem";
import { describe, expect, test, vi } from "vitest";
import { findNetworkByKey } from "@/lib/chain/networks";
import { Refusal } from "../report.mjs";
import { deployableNames, listDeployables } from "./deployables";
import type { PlannedContract } from "./plan-deployment";
import { publishSources } from "./publish-sources";
import { standardJson } from "./standard-json";

const base = findNetworkByKey("base");
if (!base) throw new Error("Base is not in the table.");
const owner = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const { deployables } = listDeployables(base, owner, deployableNames);
const plan = deployables.map(
  (deployable): PlannedContract => ({ ...deployable, address: zeroAddress, runtimeCode: "0x", cost: null }),
);
const streamPay = plan.filter(({ name }) => name === "StreamPay");

describe("the sources that are published", () => {
  test.each(deployables)(
    "those of $name compile to the very bytes that are deployed",
    async ({ name, source, initCode, constructorArguments }) => {
      const { default: solc } = (await import("solc")) as { default: { compile(input: string): string } };
      const { contracts } = JSON.parse(solc.compile(JSON.stringify(standardJson(source))));
      expect(`0x${contracts[source][name].evm.bytecode.object}${constructorArguments.slice(2)}`).toBe(
        initCode,
      );
    },
    120_000,
  );

  test("to an Etherscan-compatible service: the file, its contract, compiler and arguments, until it passes", async () => {
    const service = await listen((_, body) => {
      const form = new URLSearchParams(body);
      if (form.get("action") === "verifysourcecode") return { status: "1", message: "OK", result: "guid-1" };
      return service.requests.length < 3
        ? { status: "0", message: "NOTOK", result: "Pending in queue" }
        : { status: "1", message: "OK", result: "Pass - Verified" };
    });
    const output = await publish({ VERIFY_URL: `${service.url}/v2/api`, VERIFY_KEY: "secret-api-key" });
    await service.close();

    expect(output).toContain("Sources of StreamPay: published");
    expect(output).not.toContain("secret-api-key");
    const [upload, firstLook] = service.requests;
    expect(upload?.path).toBe("/v2/api?chainid=8453");
    const form = new URLSearchParams(upload?.body);
    expect(Object.fromEntries([...form].filter(([name]) => name !== "sourceCode"))).toEqual({
      apikey: "secret-api-key",
      module: "contract",
      action: "verifysourcecode",
      contractaddress: zeroAddress,
      codeformat: "solidity-standard-json-input",
      contractname: "src/StreamPay.sol:StreamPay",
      compilerversion: expect.stringMatching(/^v0\.8\.37\+commit\.[0-9a-f]{8}$/),
      constructorArguements: `${"0".repeat(24)}${owner.slice(2).toLowerCase()}`,
    });
    expect(JSON.parse(form.get("sourceCode") ?? "").sources["src/StreamPay.sol"].content).toContain(
      "contract StreamPay",
    );
    expect(new URLSearchParams(firstLook?.body).get("guid")).toBe("guid-1");
  });

  test("to Sourcify, without a key: the input whole, and then the state of the job", async () => {
    const service = await listen((path) =>
      path.endsWith("/v2/verify/job-1")
        ? { isJobCompleted: true, contract: { match: "exact_match" } }
        : { verificationId: "job-1" },
    );
    const output = await publish({ VERIFY_URL: `${service.url}/server/` });
    await service.close();
    expect(output).toContain("Sources of StreamPay: published");
    const [upload, look] = service.requests;
    expect(upload?.path).toBe(`/server/v2/verify/8453/${zeroAddress}`);
    const body = JSON.parse(upload?.body ?? "");
    expect(body.contractIdentifier).toBe("src/StreamPay.sol:StreamPay");
    expect(body.compilerVersion).toMatch(/^0\.8\.37\+commit\./);
    expect(body.stdJsonInput.settings.optimizer).toEqual({ enabled: true, runs: 10_000 });
    expect(look?.path).toBe("/server/v2/verify/job-1");
  });

  test.each([
    { answer: { status: "0", result: "Contract source code already verified" }, says: "published already" },
    {
      answer: { status: "0", result: "Invalid API Key" },
      refusal: "does not take the sources of StreamPay: Invalid API Key",
    },
    { answer: "hello", refusal: "does not answer as such a service does" },
  ])("what the service says is told: $answer", async ({ answer, says, refusal }) => {
    const service = await listen(() => answer);
    const publishing = publish({ VERIFY_URL: service.url, VERIFY_KEY: "k" });
    if (refusal) await expect(publishing).rejects.toThrow(refusal);
    else expect(await publishing).toContain(says);
    await service.close();
  });

  test("a service that is not there is told without its address", async () => {
    const error = await publish({ VERIFY_URL: "http://127.0.0.1:9/secret-path" }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(String(error)).not.toContain("secret-path");
  });

  test("without VERIFY_URL nobody is asked", async () => {
    expect(await publish({ VERIFY_KEY: "k" })).toBe("");
  });
});

async function publish(environment: Record<string, string>): Promise<string> {
  if (!base) throw new Error("No Base.");
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  try {
    await publishSources({ network: base, plan: streamPay, environment });
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}

/** A service that answers with JSON and keeps what it was sent. */
async function listen(answer: (path: string, body: string) => unknown) {
  const requests: { path: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const path = request.url ?? "";
    requests.push({ path, body });
    const said = answer(path, body);
    response.end(typeof said === "string" ? said : JSON.stringify(said));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
