import { type Address, encodeFunctionData, type Hex, numberToHex } from "viem";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { rpc } from "../../scripts/devnet/rpc";
import type { randomSource } from "./random-source";

type Call = { from: Address; to: Address; data: Hex; gas: Hex };

const GAS = numberToHex(1_500_000);
/** Base units a second. Few, so that the same is asked for twice. */
const RATES = [10n ** 12n, 2n * 10n ** 12n, 3n * 10n ** 12n];
/** Of the devnet's clock, which tests move by minutes. */
const YEAR_SECONDS = 31_536_000;

/**
 * Two people and their agent who do at random what can be done with sessions of SessionOperator, and people who change the flows behind its
 * back. Many of the calls revert.
 *
 * @param fund gives an account its USDCx
 */
export async function sessionActivity(
  rpcUrl: string,
  random: ReturnType<typeof randomSource>,
  fund: (address: Address) => Promise<unknown>,
) {
  const accounts = (await rpc<Address[]>(rpcUrl, "eth_accounts")).slice(0, 8) as [Address, ...Address[]];
  const [people, receivers, unknown] = [accounts.slice(0, 2), accounts.slice(3, 6), accounts.slice(6)];
  const agent = accounts[2] ?? accounts[0];
  let now = Number(
    (await rpc<{ timestamp: Hex }>(rpcUrl, "eth_getBlockByNumber", ["latest", false])).timestamp,
  );
  await rpc(rpcUrl, "evm_setAutomine", [true]);
  for (const person of people) {
    await fund(person);
    await send(forwarder(person, "grantPermissions", [DEVNET.usdcx, DEVNET.sessionOperator]));
  }
  await rpc(rpcUrl, "anvil_setBlockTimestampInterval", [7]);
  await rpc(rpcUrl, "evm_setAutomine", [false]);
  let sessions = 0;

  async function send(call: Call): Promise<void> {
    await rpc(rpcUrl, "eth_sendTransaction", [call]);
  }

  function open(to = receivers, person = random.pick(people)): Call {
    const terms = {
      ...{ agent, token: DEVNET.usdcx, budget: 10n ** BigInt(15 + random.below(3)) },
      ...{ rateCap: 5n * 10n ** 12n, rateCapEach: 3n * 10n ** 12n },
      expiry: BigInt(now + random.pick([3_000, YEAR_SECONDS])),
    };
    sessions += 1;
    return operator(person, "openSession", [terms, to]);
  }

  function randomCall(): Call {
    if (sessions < 2) return open();
    // Not all that were opened are still there: blocks were taken back.
    const id = BigInt(1 + random.below(Math.min(sessions, 5)));
    const [receiver, person] = [random.pick(receivers), random.pick(people)];
    const setFlow = () => {
      const until = BigInt(now + random.pick([300, 600, 1_500, 3_000]));
      return operator(agent, "setFlow", [id, receiver, random.pick(RATES), until]);
    };
    const act: readonly (() => Call)[] = [
      () => (random.below(2) ? setFlow() : open()),
      ...[setFlow, setFlow, setFlow, setFlow, setFlow, setFlow],
      () => operator(agent, "setFlow", [id, receiver, 0n, 0n]),
      () => operator(random.pick(accounts), "stopFlow", [id, receiver]),
      () => operator(random.pick(accounts), "stopOverBudget", [id]),
      () => operator(person, "removeReceiver", [id, receiver]),
      () => operator(person, "addReceivers", [id, [receiver]]),
      () => (random.below(3) ? setFlow() : operator(person, "revoke", [id, random.below(2) === 0])),
      () => forwarder(person, "setFlowrate", [DEVNET.usdcx, receiver, random.pick([0n, 0n, 0n, 10n ** 12n])]),
    ];
    return random.pick(act)();
  }

  async function mine(calls: readonly Call[]): Promise<void> {
    for (const call of calls) await send(call).catch(() => undefined); // Out of money.
    await rpc(rpcUrl, "evm_mine");
    now += 7;
  }

  return {
    /** To whom flows may go. */
    receivers: [...receivers, ...unknown],
    /** Sends `count` calls and mines them into one block. */
    mineBlock: (count: number) => mine(Array.from({ length: count }, randomCall)),
    /** Opens two sessions more, with a flow each, moves the end of the first's and revokes the second: whatever chance did, there is one of each. @param next first new id */
    async openTwo(next: bigint): Promise<void> {
      const [person, one, other] = [people[0], unknown.slice(0, 1), unknown.slice(1)];
      await mine([open(one, person), open(other, person)]);
      const until = BigInt(now + 600);
      await mine([
        operator(agent, "setFlow", [next, one[0], 10n ** 12n, until]),
        operator(agent, "setFlow", [next + 1n, other[0], 10n ** 12n, until]),
      ]);
      await mine([operator(agent, "setFlow", [next, one[0], 10n ** 12n, until + 60n])]);
      if (person) await mine([operator(person, "revoke", [next + 1n, true])]);
    },
    /** Takes blocks back; `calls` more happen in what comes instead. */
    reorganise: (depth: number, calls: number) =>
      rpc(rpcUrl, "anvil_reorg", [
        depth,
        Array.from({ length: calls }, () => [randomCall(), random.below(depth)]),
      ]),
  };
}

function operator(
  from: Address,
  functionName:
    | "openSession"
    | "setFlow"
    | "stopFlow"
    | "stopOverBudget"
    | "addReceivers"
    | "removeReceiver"
    | "revoke",
  args: readonly unknown[],
): Call {
  const call = { abi: sessionOperatorAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0];
  return { from, to: DEVNET.sessionOperator, data: encodeFunctionData(call), gas: GAS };
}

function forwarder(
  from: Address,
  functionName: "grantPermissions" | "setFlowrate",
  args: readonly unknown[],
): Call {
  const call = { abi: cfaV1ForwarderAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0];
  return { from, to: DEVNET.cfaV1Forwarder, data: encodeFunctionData(call), gas: GAS };
}
