/** A door with one provider, a ledger in memory and an upstream that the test scripts. */
import { Challenge, Credential } from "mppx";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { effectiveTiers } from "@/lib/domain/tier";
import { ProblemError } from "@/lib/errors";
import type { UpstreamAnswer, UpstreamCall } from "../call-upstream";
import { createDoor, type DoorTools, fetchDoor } from "../create-door";
import type { Door, DoorService } from "../door-types";
import type { StreamRequest } from "../ledger-method";
import { createPayerSlots } from "../payer-slots";
import { createProbeLimiter } from "../probe-limiter";
import { createProviderQueue } from "../provider-queue";
import { streamTypedData, type UnsignedPayload } from "../stream-typed-data";
import { memoryLedger } from "./memory-ledger";

export const ORIGIN = "https://superstream.test";
export const SECRET = "a-test-secret-of-more-than-thirty-two-bytes";
export const owner = privateKeyToAccount(`0x${"aa".repeat(32)}`);

export function service(over: Partial<DoorService> = {}): DoorService {
  return {
    id: "svc_quote",
    slug: "quote",
    name: "Quote",
    description: "One number.",
    method: "GET",
    path: "/quote",
    pricePerCall: 0n,
    ...over,
  };
}

export function testDoor(id = "acme", services: DoorService[] = defaultServices): Door {
  return {
    provider: {
      id,
      name: `Provider ${id}`,
      owner: owner.address.toLowerCase(),
      endpoint: "https://provider.test/base",
      depositMs: 14_400_000n,
      maxConcurrency: 4,
    },
    tiers: Object.values(effectiveTiers()),
    services,
  };
}

const defaultServices = [
  service(),
  service({ id: "svc_score", slug: "score", method: "POST", path: "/score" }),
  service({
    id: "svc_priced",
    slug: "priced",
    method: "POST",
    path: "/priced",
    pricePerCall: 5n * 10n ** 15n,
  }),
  service({ id: "svc_one", slug: "one", path: "/patients/{patientId}" }),
];

export function fixture(over: Partial<DoorTools> & { doors?: Door[]; now?: () => number } = {}) {
  const doors = over.doors ?? [testDoor(), testDoor("globex")];
  const memory = memoryLedger(doors, over.now);
  const upstream: UpstreamCall[] = [];
  const reports: unknown[] = [];
  const script: { answer: (call: UpstreamCall) => Promise<UpstreamAnswer> | UpstreamAnswer } = {
    answer: () => jsonAnswer({ value: 42 }),
  };
  const paidDoor = fetchDoor(
    createDoor({
      origin: ORIGIN,
      chainId: 31_337,
      secrets: [SECRET],
      async getDoor(id) {
        const door = doors.find(({ provider }) => provider.id === id);
        if (!door) throw new ProblemError("provider-not-found", "No such provider.");
        return door;
      },
      ledger: memory.ledger,
      async callUpstream(call) {
        upstream.push(call);
        return script.answer(call);
      },
      upstreamAllow: [],
      queue: createProviderQueue({ maxLength: 8, maxWaitMs: 200 }),
      eventSlots: createPayerSlots({ perPayer: 2 }),
      probes: createProbeLimiter({ perMinute: 100_000 }),
      report: (_message, error) => reports.push(error),
      ...over,
    }),
  );
  const call = (path: string, init: RequestInit = {}) =>
    paidDoor(new Request(`${ORIGIN}${path}`, init), { clientIp: "192.0.2.1" });
  return { paidDoor, call, doors, upstream, script, reports, ...memory };
}

/** A fresh payer with one stream at the provider's cheapest (or named) tier. */
export function payerOf(
  door: ReturnType<typeof fixture>,
  {
    funded = 10n ** 18n,
    provider = 0,
    tier = "basic",
  }: { funded?: bigint; provider?: number; tier?: string } = {},
) {
  const account = newAccount();
  const at = door.doors[provider];
  const priced = at?.tiers.find(({ name }) => name === tier);
  if (!at || !priced) throw new Error("The fixture has no such provider or tier.");
  return { account, stream: door.open(account.address, at, priced, funded) };
}

export function jsonAnswer(body: unknown, status = 200): UpstreamAnswer {
  return {
    kind: "whole",
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
  };
}

export function newAccount(): PrivateKeyAccount {
  return privateKeyToAccount(generatePrivateKey());
}

export type LedgerChallenge = Challenge.Challenge<StreamRequest, "stream", "ledger">;

export function challengeOf(response: Response): LedgerChallenge {
  return Challenge.fromResponse(response) as LedgerChallenge;
}

/** The `Authorization` value by which `account` answers a challenge. */
export async function credential(
  account: PrivateKeyAccount,
  challenge: LedgerChallenge,
  payload: Partial<UnsignedPayload> = {},
): Promise<string> {
  const unsigned = { action: "prove", payer: account.address, ...payload } as UnsignedPayload;
  const signature = await account.signTypedData(streamTypedData(challenge, unsigned));
  return Credential.serialize(
    Credential.from({ challenge, payload: { ...unsigned, type: "proof", signature } }),
  );
}

/** Asks, signs and asks again: the whole exchange of one paid call. */
export async function pay(
  call: (path: string, init?: RequestInit) => Promise<Response>,
  account: PrivateKeyAccount,
  path: string,
  init: RequestInit = {},
  payload: Partial<UnsignedPayload> = {},
): Promise<Response> {
  const challenge = challengeOf(await call(path, init));
  const headers = new Headers(init.headers);
  headers.set("Authorization", await credential(account, challenge, payload));
  return call(path, { ...init, headers });
}
