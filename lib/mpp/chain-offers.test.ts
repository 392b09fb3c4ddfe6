/** What the door says of the chain without asking it, and when it cannot. */
import { Challenge, Credential } from "mppx";
import { describe, expect, test } from "vitest";
import { findNetwork } from "@/lib/chain/networks";
import type { ChainClient } from "@/lib/chain/public-client";
import { perDay } from "@/lib/domain/rate";
import type { ChainRequest } from "./chain-methods";
import { chainTermsOf, streampayTerms, superfluidTerms } from "./chain-terms";
import type { DoorChain } from "./door-chain";
import { streamTypedData } from "./stream-typed-data";
import { fixture, newAccount, payerOf, testDoor } from "./testing/door-fixture";

const STREAM_PAY = "0xDC6728f962D1b41De0F08dEDC20b76A3b541fb19";
const quote = "/api/p/acme/quote";

function network(chainId: number) {
  const found = findNetwork(chainId);
  if (!found) throw new Error(`Chain ${chainId} is in the table.`);
  return found;
}

function doorChain(client: DoorChain["client"], streamPay: typeof STREAM_PAY | null = STREAM_PAY): DoorChain {
  return {
    terms: chainTermsOf(network(31_337), streamPay),
    client,
    factories: [],
    confirmations: 1,
    confirmedTo: async () => 0n,
  };
}

/** A chain on which nobody has code. */
const keysOnly = async () => ({ getCode: async () => undefined }) as unknown as ChainClient;
const away = async (): Promise<ChainClient> => {
  throw new Error("connect ECONNREFUSED");
};

async function proof(
  door: ReturnType<typeof fixture>,
  method: "superfluid" | "streampay",
  members: object = {},
) {
  const { account } = payerOf(door);
  const challenge = Challenge.fromResponseList(await door.call(quote)).find((each) => each.method === method);
  const typed = challenge as Challenge.Challenge<ChainRequest, "stream", "superfluid"> | undefined;
  if (!typed) throw new Error(`The door offers ${method}.`);
  const payload = { action: "prove", payer: account.address } as const;
  const signature = await account.signTypedData(streamTypedData(typed, payload));
  const credential = Credential.from({
    challenge: typed,
    payload: { ...payload, type: "proof", signature, ...members },
  });
  return door.call(quote, { headers: { Authorization: Credential.serialize(credential) } });
}

describe("prices on a chain", () => {
  const tier = {
    name: "basic",
    rate: perDay(10n ** 18n + 1n),
    maxRequestsPerHour: 10,
    priority: "normal",
  } as const;

  test("a flow is whole base units a second, an escrow is exact and never cheaper than the tier", () => {
    const terms = chainTermsOf(network(31_337), STREAM_PAY);
    expect(superfluidTerms(testDoor(), tier, terms)).toMatchObject({
      amount: "11574074074074",
      methodDetails: { rate: { amount: "11574074074074", periodSeconds: "1" }, decimals: 18 },
    });
    // One base unit of 18 decimals more is one of 6 more.
    expect(streampayTerms(testDoor(), tier, terms)).toMatchObject({
      amount: "11",
      methodDetails: { rate: { amount: "1000001", periodSeconds: "86400" }, decimals: 6 },
    });
  });

  test("decimals are the network's: 18 for the dollar of BSC", () => {
    const terms = chainTermsOf(network(56), STREAM_PAY);
    expect(terms.streampay?.token).toMatchObject({ symbol: "USDC", decimals: 18, worth: 1n });
    expect(streampayTerms(testDoor(), tier, terms)).toMatchObject({ amount: "11574074074074" });
  });

  test("a price below one unit a second is one", () => {
    const cheap = { ...tier, rate: perDay(1n) };
    const terms = chainTermsOf(network(31_337), STREAM_PAY);
    expect(superfluidTerms(testDoor(), cheap, terms)?.amount).toBe("1");
    expect(streampayTerms(testDoor(), cheap, terms)?.methodDetails.rate.amount).toBe("1");
  });

  test("without our escrow contract there is one challenge less, without a chain two", async () => {
    const methods = async (chain: DoorChain | null) =>
      Challenge.fromResponseList(await fixture({ chain }).call(quote)).map(({ method }) => method);
    expect(await methods(doorChain(keysOnly))).toEqual(["ledger", "superfluid", "streampay"]);
    expect(await methods(doorChain(keysOnly, null))).toEqual(["ledger", "superfluid"]);
    expect(await methods(null)).toEqual(["ledger"]);
  });
});

describe("a proof", () => {
  test.each(["superfluid", "streampay"] as const)("of %s by a key is served", async (method) => {
    expect((await proof(fixture({ chain: doorChain(keysOnly) }), method)).status).toBe(200);
  });

  test("while the chain is away is a 503 without a challenge: nobody is told to pay, and it is no wrong signature", async () => {
    const response = await proof(fixture({ chain: doorChain(away) }), "streampay");
    expect(response.status).toBe(503);
    expect(response.headers.get("www-authenticate")).toBeNull();
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({ code: "stream/verification-unavailable" });
  });

  test.each([
    { given: "a signature of 20 kB", members: { signature: `0x${"11".repeat(20_000)}` } },
    { given: "a signature of an odd length", members: { signature: "0x123" } },
    { given: "a member that it does not have", members: { extra: "1" } },
    { given: "a hash that is none", members: { txHash: "0x12" } },
    { given: "a delegate that is no address", members: { delegate: "me" } },
    { given: "a payer that is none", members: { payer: "0x12" } },
    { given: "another payer", members: { payer: newAccount().address } },
  ])("given $given, it is refused and nothing is served", async ({ members }) => {
    const door = fixture({ chain: doorChain(keysOnly) });
    const response = await proof(door, "superfluid", members);
    expect([400, 402]).toContain(response.status);
    expect(door.upstream).toHaveLength(0);
    expect(door.reports).toEqual([]);
  });

  test("given a hash while the chain is away, it is told neither to open nor to wait", async () => {
    const half = {
      getCode: async () => undefined,
      getTransaction: async () => {
        throw new Error("connect ECONNREFUSED");
      },
    } as unknown as ChainClient;
    const door = fixture({ chain: doorChain(async () => half) });
    const stranger = async () => {
      const challenged = await door.call(quote);
      const challenge = Challenge.fromResponseList(challenged)[2] as Challenge.Challenge<
        ChainRequest,
        "stream",
        "streampay"
      >;
      const account = newAccount();
      const payload = { action: "prove", payer: account.address } as const;
      const signature = await account.signTypedData(streamTypedData(challenge, payload));
      const members = { type: "proof", signature, txHash: `0x${"ab".repeat(32)}` };
      const credential = Credential.from({ challenge, payload: { ...payload, ...members } });
      return door.call(quote, { headers: { Authorization: Credential.serialize(credential) } });
    };
    expect((await stranger()).status).toBe(503);
  });
});
