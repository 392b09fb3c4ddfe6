import { Challenge, Credential } from "mppx";
import { Mppx } from "mppx/client";
import { type ChainStreamOptions, streampayStream, superfluidStream } from "@/agents/client/chain-stream";
import type { SpendingCaps } from "@/agents/client/spending-caps";
import type { ChainRequest } from "../chain-methods";
import { streamTypedData } from "../stream-typed-data";
import type { ChainSite } from "./chain-site";

export const USD = 10n ** 18n;
export const CAPS: SpendingCaps = { maxRatePerDay: 2n * USD, maxDeposit: 5n * USD, maxTotal: 20n * USD };

export type Agent = Awaited<ReturnType<ChainSite["newAgent"]>>;
export type ChainMethod = "superfluid" | "streampay";
export type ChainChallenge = Challenge.Challenge<ChainRequest, "stream", ChainMethod>;

/** Agents that pay by streams on the chain at a site's door, by the stock client and by hand. */
export function chainAgents(site: ChainSite) {
  async function challenges(headers: Record<string, string> = {}, at = site.url) {
    const response = await fetch(at, { ...site.init, headers: { ...site.init.headers, ...headers } });
    return Challenge.fromResponseList(response);
  }

  return {
    client(agent: Agent, rail: ChainMethod, over: Partial<ChainStreamOptions> = {}) {
      const method = rail === "superfluid" ? superfluidStream : streampayStream;
      return Mppx.create({
        polyfill: false,
        methods: [method({ ...agent, caps: CAPS, waitMs: 300, ...over })],
        maxPaymentRetries: 20,
      });
    },
    /** What a call without payment is offered. */
    challenges,
    async challengeOf(rail: ChainMethod): Promise<ChainChallenge> {
      const found = (await challenges()).find(({ method }) => method === rail);
      if (!found) throw new Error(`No challenge of ${rail}.`);
      return found as ChainChallenge;
    },
    /** Signs by hand what a client would, with members that no client would send. */
    async send(agent: Agent, challenge: ChainChallenge, members: object = {}): Promise<Response> {
      const payload = { action: "prove", payer: agent.account.address } as const;
      const signature = await agent.account.signTypedData(streamTypedData(challenge, payload));
      const credential = Credential.from({
        challenge,
        payload: { ...payload, type: "proof", signature, ...members },
      });
      return fetch(site.url, {
        ...site.init,
        headers: { ...site.init.headers, Authorization: Credential.serialize(credential) },
      });
    },
  };
}
