import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Network } from "@/lib/chain/network";
import { green, Refusal } from "../report.mjs";
import type { PlannedContract } from "./plan-deployment";
import { compilerVersion, standardJson } from "./standard-json";

type Job = {
  network: Network;
  plan: readonly PlannedContract[];
  environment: Readonly<Record<string, string | undefined>>;
};
type Upload = { name: string; address: string; file: string; constructorArguments: string; json: string };

const POLL_MS = 2_000;
const POLLS = 60;
const etherscanAnswer = z.object({ status: z.string(), result: z.string() });
const sourcifyJob = z.object({ verificationId: z.string() });
const sourcifyState = z.object({
  isJobCompleted: z.boolean(),
  error: z.object({ message: z.string() }).nullish(),
});

/**
 * Publishes what the contracts were compiled from, where the settings name a service. The contracts are on the chain by then:
 * a failure here loses nothing, and another run tries again.
 *
 * @throws Refusal when the service refuses. No message repeats its address or the key.
 */
export async function publishSources({ network, plan, environment }: Job): Promise<void> {
  const { VERIFY_URL: url, VERIFY_KEY: key } = environment;
  if (!url) return;
  const version = await compilerVersion();
  for (const { name, address, source, constructorArguments } of plan) {
    const upload: Upload = {
      name,
      address,
      file: source,
      constructorArguments: constructorArguments.slice(2),
      json: JSON.stringify(standardJson(source)),
    };
    const said = key
      ? await toEtherscan(url, key, network.chainId, version, upload)
      : await toSourcify(url, network.chainId, version, upload);
    console.log(`${green("✓")} Sources of ${name}: ${said}`);
  }
}

/** @see https://docs.etherscan.io/etherscan-v2/contract-verification (verifysourcecode, checkverifystatus) */
async function toEtherscan(
  url: string,
  apikey: string,
  chainId: number,
  version: string,
  { name, address, file, constructorArguments, json }: Upload,
): Promise<string> {
  const address2 = new URL(url);
  address2.searchParams.set("chainid", String(chainId));
  const call = async (form: Record<string, string>) =>
    etherscanAnswer.parse(
      await ask(address2, {
        method: "POST",
        body: new URLSearchParams({ apikey, module: "contract", ...form }),
      }),
    );
  const { status, result } = await call({
    action: "verifysourcecode",
    contractaddress: address,
    sourceCode: json,
    codeformat: "solidity-standard-json-input",
    contractname: `${file}:${name}`,
    compilerversion: version,
    // Their own spelling.
    constructorArguements: constructorArguments,
  });
  if (/already verified/i.test(result)) return "published already";
  if (status !== "1") throw new Refusal(`The service does not take the sources of ${name}: ${result}`);
  for (let poll = 0; poll < POLLS; poll++) {
    const state = await call({ action: "checkverifystatus", guid: result });
    if (state.status === "1" || /already verified/i.test(state.result)) return "published";
    if (!/pending|queue/i.test(state.result))
      throw new Refusal(`The service does not take the sources of ${name}: ${state.result}`);
    await sleep(POLL_MS);
  }
  throw new Refusal(`The service has not looked at the sources of ${name} for two minutes. Run it again.`);
}

/** @see https://docs.sourcify.dev/docs/api/ (v2: verify by standard JSON) */
async function toSourcify(
  url: string,
  chainId: number,
  version: string,
  { name, address, file, json }: Upload,
): Promise<string> {
  const base = url.replace(/\/$/, "");
  const response = await ask(new URL(`${base}/v2/verify/${chainId}/${address}`), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      stdJsonInput: JSON.parse(json),
      compilerVersion: version.slice(1),
      contractIdentifier: `${file}:${name}`,
    }),
  });
  if (z.object({ customCode: z.literal("already_verified") }).safeParse(response).success)
    return "published already";
  const { verificationId } = sourcifyJob.parse(response);
  for (let poll = 0; poll < POLLS; poll++) {
    const state = sourcifyState.parse(await ask(new URL(`${base}/v2/verify/${verificationId}`), {}));
    if (state.error)
      throw new Refusal(`The service does not take the sources of ${name}: ${state.error.message}`);
    if (state.isJobCompleted) return "published";
    await sleep(POLL_MS);
  }
  throw new Refusal(`The service has not looked at the sources of ${name} for two minutes. Run it again.`);
}

/** @throws Refusal when nobody answers with JSON */
async function ask(url: URL, init: RequestInit): Promise<unknown> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    return await response.json();
  } catch {
    throw new Refusal("The service at VERIFY_URL does not answer as such a service does.");
  }
}
