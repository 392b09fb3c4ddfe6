import { type ChaosAccount, createAccount } from "./account";
import type { History } from "./history";
import { openMarket } from "./market";
import { createPaidCaller } from "./paid-call";
import { createPayer } from "./payer";
import type { Random } from "./random";
import { createReceiver } from "./receiver";
import type { Rig } from "./rig";
import { createSender } from "./send";

/** Everybody who asks the servers for something. Registers the providers. */
export async function createClients(options: {
  rig: Rig;
  seed: number;
  payers: number;
  history: History;
  random: Random;
  /** When even a patient client gives up, in `performance.now()`. */
  until: () => number;
}) {
  const { rig, seed, history, random, until } = options;
  const sender = createSender({ servers: rig.addresses, history, until });
  const accounts: ChaosAccount[] = [];

  /** Each behind an address of its own, so that the servers count their unpaid requests apart. */
  function newAccount(name: string): ChaosAccount {
    const n = accounts.length + 1;
    const account = createAccount({ name, seed, ip: `10.0.${n >> 8}.${n & 255}`, sender });
    accounts.push(account);
    return account;
  }

  const providers = await openMarket(rig.upstream.port, newAccount);
  const payers = Array.from({ length: options.payers }, (_, at) => {
    const account = newAccount(`payer-${at}`);
    const caller = createPaidCaller(account, sender, history);
    return createPayer({ account, caller, history, providers, random: random.fork(account.name) });
  });
  const receivers = providers.map((provider) =>
    createReceiver({ provider, history, random: random.fork(provider.id) }),
  );

  return {
    /** Goes on until told to stop, and then until each has its last answer. */
    async run(stopping: () => boolean): Promise<void> {
      await Promise.all([...payers, ...receivers].map((client) => client.run(stopping)));
    },

    async closeAll(): Promise<void> {
      for (const payer of payers) await payer.closeAll();
    },

    /** What the API says that each has, by lower-case address, in base units. */
    async balances(): Promise<Map<string, bigint>> {
      const balances = new Map<string, bigint>();
      for (const { address, read } of accounts) {
        const { balance } = (await read("/api/v1/wallet")) as { balance: string };
        balances.set(address, BigInt(balance));
      }
      return balances;
    },
  };
}
