import {
  type Address,
  createTestClient,
  type Hex,
  http,
  parseAbi,
  parseEther,
  parseUnits,
  publicActions,
  walletActions,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect } from "vitest";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { fundOnDevnet } from "@/lib/chain/devnet-faucet";
import { pool } from "@/lib/db/pool";
import { listStreamsOperation } from "@/lib/http/operations/stream-operations";
import { planStreamOperation } from "@/lib/http/operations/stream-plan-operations";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { followChainOnce } from "@/lib/rails/follow-chain";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { authorise, complete, listProvider, someCall } from "@/lib/testing/ledger-fixtures";
import { sendCalls } from "@/lib/testing/send-calls";
import { signIn } from "@/lib/testing/sign-in";

export type Call = { to: Address; data: Hex; value: string; says: string };
type ToSign = Parameters<PrivateKeyAccount["signTypedData"]>[0] & { message: Record<string, string> };
export type Plan = Record<string, unknown> & {
  calls: Call[];
  permit: ToSign | null;
  authorization: { salt: Hex; typedData: ToSign } | null;
  deposit: string;
  wrap: string;
  prompts: number | null;
  gas: { amount: string } | null;
};
export type Person = { account: PrivateKeyAccount; address: string; token: string };
export type StreamOnChain = {
  id: string;
  status: string;
  rail: string;
  funded: string;
  provider: { id: string };
};

export const DAY_MS = 86_400_000;

/**
 * Asks the product for plans as a site with a chain has it, and signs what it says, as a page does. For test files with a devnet
 * (`ownDevnet`) and a database (`ownDatabase`) of their own; after them the books balance.
 */
export function planSite() {
  const transport = http(process.env.RPC_URL, { retryCount: 0 });
  const chain = createTestClient({
    ...{ chain: foundry, mode: "anvil", transport, pollingInterval: 15, cacheTime: 0 },
  })
    .extend(publicActions)
    .extend(walletActions);
  beforeAll(async () => {
    await followChainOnce();
  });
  afterAll(async () => {
    expect(await runInvariants()).toEqual([]);
  });

  const asked = (providerId: string, body: Record<string, unknown>) => ({
    json: { providerId, tier: "basic", rail: "superfluid", durationMs: DAY_MS, ...body },
  });

  /** Sends what the product said, without waiting for the index. */
  const send = ({ account }: Person, calls: readonly Call[]): Promise<Hex[]> =>
    sendCalls(
      { chain },
      account,
      calls.map((call) => ({ ...call, value: BigInt(call.value) })),
    );

  return {
    ...{ chain, send },
    /** A new provider, of that owner or of one who is nobody else's. */
    provider: (owner?: string) => listProvider(pool(), owner ? { owner } : {}),

    /** Signed in, with 10 coins, 10,000 USDC and 10,000 USDCx. */
    async person(): Promise<Person> {
      const someone = await signIn();
      await fundOnDevnet(someone.account.address);
      return someone;
    },
    /** Signed in, with 10 coins and so much USDC, no USDCx. */
    async personOfUsdc(usdc: string): Promise<Person> {
      const someone = await signIn();
      const { address } = someone.account;
      await chain.setBalance({ address, value: parseEther("10") });
      await chain.writeContract({
        account: DEVNET.faucet,
        address: DEVNET.usdc,
        abi: parseAbi(["function mint(address, uint256)"]),
        functionName: "mint",
        args: [address, parseUnits(usdc, 6)],
      });
      return someone;
    },

    /** A plan for a day of the basic tier by Superfluid, but for what `body` says. */
    plan: (providerId: string, body: Record<string, unknown> = {}): Promise<Plan> =>
      answerOf<Plan>(planStreamOperation, asked(providerId, body)),
    /** The same, when it has to be refused. */
    async refusal(providerId: string, body: Record<string, unknown>) {
      const response = await callOperation(planStreamOperation, asked(providerId, body));
      const { code, detail } = (await response.json()) as Record<string, unknown>;
      return { status: response.status, code, detail };
    },

    /** Signs what the product said and waits for the index, as a page does. */
    async sign(person: Person, calls: readonly Call[]): Promise<Hex[]> {
      const hashes = await send(person, calls);
      await followChainOnce();
      return hashes;
    },
    /** The permit of a plan, signed: what the next request of the same plan carries. */
    async signPermit({ account }: Person, { permit }: Plan) {
      if (!permit) throw new Error("There is nothing to sign.");
      const { value, deadline } = permit.message;
      return { value, deadline, signature: await account.signTypedData(permit) };
    },

    async streamsOf({ token }: Person): Promise<StreamOnChain[]> {
      return (await answerOf<{ items: StreamOnChain[] }>(listStreamsOperation, { token })).items;
    },
    /** How a paid call of the basic tier ends: "authorised", or the code of its refusal. */
    async outcome({ address }: Person, providerId: string): Promise<string> {
      const call = someCall({ providerId, payer: address, tier: "basic" });
      const decision = await authorise(pool(), call);
      if (decision.outcome === "authorised") await complete(pool(), call.requestId);
      return decision.outcome === "denied" ? decision.code : decision.outcome;
    },
    /** What flows to a receiver now, in base units of USDCx a second. */
    flowRate: ({ account }: Person, receiver: string) =>
      chain.readContract({
        address: DEVNET.cfaV1Forwarder,
        abi: cfaV1ForwarderAbi,
        functionName: "getFlowrate",
        args: [DEVNET.usdcx, account.address, receiver as Address],
      }),
  };
}
