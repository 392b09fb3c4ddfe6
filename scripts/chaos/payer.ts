import { setTimeout as sleep } from "node:timers/promises";
import { TIER_NAMES, type TierName } from "@/lib/domain/tier";
import type { ChaosAccount, StreamJson } from "./account";
import type { Answer, History, Operation, OperationKind } from "./history";
import type { Provider } from "./market";
import type { createPaidCaller } from "./paid-call";
import type { Random } from "./random";

const USDCX = 10n ** 18n;
/** Share of keyed operations that are sent three times at once. */
const TRIPLED = 0.27;
const MAX_STREAMS = 3;
/** Unkeyed sendings of money operations cannot be told apart afterwards, so only calls are sent without a key. */
const UNKEYED_CALLS = 0.25;

type Held = { id: string; provider: Provider; paused: boolean };

/**
 * One paying client. It does one operation after the other, but calls in bursts. What it does next is decided by its own
 * random numbers and by what it was answered.
 */
export function createPayer(options: {
  account: ChaosAccount;
  caller: ReturnType<typeof createPaidCaller>;
  history: History;
  providers: readonly [Provider, ...Provider[]];
  random: Random;
}) {
  const { account, caller, history, providers, random } = options;
  const streams: Held[] = [];
  let serial = 0;

  function begin(kind: OperationKind, over: Partial<Operation> = {}): Operation {
    serial += 1;
    const key = `${account.name}-${serial}-${kind}`;
    return history.begin(kind, account.address, { key, copies: random.chance(TRIPLED) ? 3 : 1, ...over });
  }

  async function credit(amount = 100n * USDCX): Promise<void> {
    const unique = history.unique(amount);
    const operation = begin("credit", { amount: unique });
    await account.operate(operation, "POST", "/api/v1/wallet/faucet", { amount: String(unique) });
  }

  async function open(): Promise<void> {
    const provider = random.pick(providers);
    const tier = random.pick<TierName>(TIER_NAMES);
    const amount = history.unique((provider.deposits[tier] * BigInt(random.int(16, 30))) / 10n);
    const operation = begin("open", { amount });
    const autoTopUp = random.chance(0.3)
      ? { triggerMs: 60_000, chunkMs: 60_000, dailyMax: String(20n * USDCX), expiresMs: null }
      : null;
    const body = { providerId: provider.id, tier, deposit: String(amount), autoTopUp };
    const answer = await account.operate(operation, "POST", "/api/v1/streams", body);
    if (answer?.done) hold(operation, String((answer.body as { id: unknown }).id), provider);
  }

  /** Opens a stream by answering the challenge of a call, and is served by the same request. */
  async function openByCall(): Promise<void> {
    const provider = random.pick(providers);
    const amount = history.unique((provider.deposits.basic * 11n) / 5n);
    const operationKey = `chaos-open-${amount}`;
    const operation = begin("open-402", { amount });
    const answer = await caller.callPaid(operation, {
      service: random.pick(provider.services),
      body: JSON.stringify({ open: String(amount) }),
      open: { deposit: amount, operationKey },
      mayTopUp: false,
    });
    if (answer?.done) hold(operation, String((answer.body as { streamId: unknown }).streamId), provider);
  }

  function hold(operation: Operation, id: string, provider: Provider): void {
    operation.streamId = id;
    if (!streams.some((held) => held.id === id)) streams.push({ id, provider, paused: false });
  }

  async function burst(held: Held): Promise<void> {
    const calls = Array.from({ length: random.int(1, 5) }, () => {
      const keyed = !random.chance(UNKEYED_CALLS);
      const operation = begin("call", keyed ? {} : { key: null, copies: 1 });
      const body = JSON.stringify({ n: serial, from: account.name });
      const service = random.pick(held.provider.services);
      return caller.callPaid(operation, {
        service,
        body,
        mayTopUp: operation.copies === 1 && random.chance(0.6),
      });
    });
    const answers = await Promise.all(calls);
    if (answers.some((answer) => answer?.code?.startsWith("stream/"))) await look(held);
  }

  async function act(held: Held, kind: "tier" | "pause" | "resume" | "close"): Promise<void> {
    const body = kind === "tier" ? { tier: random.pick<TierName>(TIER_NAMES) } : {};
    const answer = await change(held, begin(kind, { streamId: held.id }), body);
    if (kind === "close" && answer) drop(held);
    if (answer?.done && (kind === "pause" || kind === "resume")) held.paused = kind === "pause";
  }

  async function topUp(held: Held, least: bigint): Promise<void> {
    const amount = history.unique(least);
    await change(held, begin("top-up", { streamId: held.id, amount }), { amount: String(amount) });
  }

  async function change(held: Held, operation: Operation, body: unknown): Promise<Answer | null> {
    const path = `/api/v1/streams/${held.id}/${operation.kind}`;
    const answer = await account.operate(operation, "POST", path, body);
    if (answer?.code === "stream-state") await look(held);
    return answer;
  }

  /** Time, the receiver or a lost sending has changed the stream. */
  async function look(held: Held): Promise<void> {
    const { status, minimumTopUp } = (await account.read(`/api/v1/streams/${held.id}`)) as StreamJson;
    held.paused = status === "paused";
    if (status === "settled" || status === "closing") drop(held);
    if (status === "exhausted" && random.chance(0.6)) await topUp(held, BigInt(minimumTopUp));
  }

  function drop(held: Held): void {
    const at = streams.indexOf(held);
    if (at !== -1) streams.splice(at, 1);
  }

  async function step(): Promise<void> {
    const [first, ...others] = streams;
    if (!first || (streams.length < MAX_STREAMS && random.chance(0.12)))
      return random.chance(0.6) ? open() : openByCall();
    const held = random.pick([first, ...others]);
    if (held.paused && random.chance(0.6)) return act(held, "resume");
    const roll = random.next();
    if (roll < 0.62) return burst(held);
    if (roll < 0.74) return topUp(held, held.provider.deposits.basic / BigInt(random.int(1, 4)));
    if (roll < 0.82) return act(held, "tier");
    if (roll < 0.89) return act(held, "pause");
    if (roll < 0.95) return act(held, "close");
    return credit(10n * USDCX);
  }

  return {
    account,

    /** Money first, then one thing after the other until told to stop. */
    async run(stopping: () => boolean): Promise<void> {
      await credit(900n * USDCX);
      while (!stopping()) {
        await step();
        await sleep(random.int(0, 80));
      }
    },

    /** Closes whatever it sends, known or not. */
    async closeAll(): Promise<void> {
      for (const { id, status } of await account.listStreams("sender")) {
        if (status === "settled") continue;
        const operation = begin("close", { streamId: id });
        await account.operate(operation, "POST", `/api/v1/streams/${id}/close`, {});
      }
    },
  };
}
