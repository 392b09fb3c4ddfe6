import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, erc20Abi } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import type { ConfiguredNetwork } from "@/lib/chain/configured-network";
import type { ChainClient } from "@/lib/chain/public-client";
import type { Queryable } from "@/lib/db/pool";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";
import { type CheckFault, type EscrowOnChain, judgeEscrow, judgeFlow } from "./judge-escrow";

type Place = Pick<ConfiguredNetwork, "network" | "contracts">;

export type CheckReport = { checked: number; faulty: number };

/** The index follows the head by less than this; a block that it has not come to yet is for the next pass. */
const PATIENCE_MS = 1_500;
const POLL_MS = 100;

/**
 * Compares streams with their chain's own view at its newest block, those that were not looked at for longest, and what `StreamPay` holds of
 * each asset with what the journal says is in escrow. Writes down what it found. Reads the chain first, then the books, and only when the
 * index has come to that block: nothing is compared across time.
 *
 * @param limit streams a pass
 */
export async function checkChain(
  db: Queryable,
  client: ChainClient,
  place: Place,
  limit = 100,
): Promise<CheckReport> {
  const { chainId } = place.network;
  const { streamPay } = place.contracts;
  const subjects = await leastRecentlyChecked(db, chainId, limit);
  const block = await client.getBlock();
  const at = { number: block.number, ms: block.timestamp * 1_000n };
  const views = new Map<string, View>(
    await Promise.all(
      subjects.map(
        async (of): Promise<[string, View]> => [of.stream_id, await viewOf(client, place, of, at.number)],
      ),
    ),
  );
  const held = streamPay ? await readHoldings(db, client, streamPay, chainId, at.number) : [];
  if (!(await cameTo(db, chainId, at.number))) return { checked: 0, faulty: 0 };

  const report = { checked: 0, faulty: 0 };
  for (const [streamId, view] of views) {
    const faults = await judge(db, chainId, streamId, view, at.number);
    if (!faults) continue;
    report.checked += 1;
    if (faults.length > 0) report.faulty += 1;
    await db.query({
      text: `insert into chain_check (stream_id, block_number, block_ms, checked_ms, faults) values ($1, $2, $3, clock_ms(), $4)
        on conflict (stream_id) do update set block_number = excluded.block_number, block_ms = excluded.block_ms,
          checked_ms = excluded.checked_ms, faults = excluded.faults`,
      values: [
        streamId,
        at.number,
        at.ms,
        JSON.stringify(faults, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
      ],
    });
  }
  for (const { asset, amount } of held)
    await db.query({
      text: `insert into chain_asset_check (asset, block_number, checked_ms, held, owed)
        select $1, $2, clock_ms(), $3, coalesce(sum(balance), 0) from account where kind = 'escrow' and asset = $1
        on conflict (asset) do update set block_number = excluded.block_number, checked_ms = excluded.checked_ms,
          held = excluded.held, owed = excluded.owed`,
      values: [asset, at.number, amount],
    });
  return report;
}

type Subject = {
  stream_id: string;
  rail: string;
  subject: string;
  token: string;
  sender: string;
  receiver: string;
};

/** Settled streams are compared once more after their settlement, then their figures stay. */
async function leastRecentlyChecked(db: Queryable, chainId: number, limit: number): Promise<Subject[]> {
  const { rows } = await db.query<Subject>({
    text: `select c.stream_id, s.rail, c.subject, a.address as token, s.sender, s.receiver
      from chain_stream c join stream s on s.id = c.stream_id join asset a on a.id = s.asset left join chain_check k on k.stream_id = c.stream_id
      where c.chain_id = $1 and (s.status <> 'settled' or k.stream_id is null or k.block_number < c.block_number or k.faults <> '[]')
      order by k.checked_ms nulls first, c.stream_id limit $2`,
    values: [chainId, limit],
  });
  return rows;
}

type View =
  | { rail: "streampay"; subject: string; info: EscrowOnChain }
  | { rail: "superfluid"; subject: string; rate: bigint };

async function viewOf(
  client: ChainClient,
  { network, contracts: { streamPay } }: Place,
  of: Subject,
  blockNumber: bigint,
): Promise<View> {
  if (of.rail === "streampay") {
    const [, , id] = of.subject.split(":");
    if (!streamPay || id === undefined)
      throw new Error(`${of.subject} stands on a contract that the settings do not name.`);
    const info = await client.readContract({
      address: streamPay,
      abi: streamPayAbi,
      functionName: "streamInfo",
      args: [BigInt(id)],
      blockNumber,
    });
    return { rail: "streampay", subject: of.subject, info: lowerCase(info) };
  }
  if (!network.superfluid) throw new Error(`${network.name} has no Superfluid, and a stream on it.`);
  const [, rate] = await client.readContract({
    address: network.superfluid.cfaForwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "getFlowInfo",
    args: [of.token as Address, of.sender as Address, of.receiver as Address],
    blockNumber,
  });
  return { rail: "superfluid", subject: of.subject.replace(/:\d+:\d+$/, ""), rate };
}

function lowerCase(
  info: { sender: string; recipient: string; token: string } & Omit<EscrowOnChain, "sender">,
): EscrowOnChain {
  const { deposit, withdrawn, open } = info;
  const lower = (address: string) => address.toLowerCase();
  return {
    sender: lower(info.sender),
    recipient: lower(info.recipient),
    token: lower(info.token),
    deposit,
    withdrawn,
    open,
  };
}

/** @returns null when something of the stream is not confirmed yet, or came after the block: the next pass compares it */
async function judge(
  db: Queryable,
  chainId: number,
  streamId: string,
  view: View,
  blockNumber: bigint,
): Promise<CheckFault[] | null> {
  const { rows } = await db.query<{ later: boolean; confirmed_number: string }>({
    text: `select k.confirmed_number, exists (select 1 from chain_log l where l.chain_id = $1 and l.subjects @> array[$2::text]
        and l.block_number > least($3::bigint, k.confirmed_number)) as later from chain_cursor k where k.chain_id = $1`,
    values: [chainId, view.subject, blockNumber],
  });
  if (!rows[0] || rows[0].later) return null;
  return view.rail === "streampay"
    ? judgeEscrow(await escrowMirror(db, streamId), view.info)
    : judgeFlowOf(db, chainId, view.subject, view.rate);
}

async function escrowMirror(db: Queryable, streamId: string): Promise<Parameters<typeof judgeEscrow>[0]> {
  const { rows } = await db.query<Record<keyof Parameters<typeof judgeEscrow>[0], string>>({
    text: `select s.status, s.sender, s.receiver, a.address as token, s.funded, s.billed, s.refunded, coalesce(e.balance, 0) as escrow
      from stream s join asset a on a.id = s.asset left join account e on e.id = 'escrow:' || s.id where s.id = $1`,
    values: [streamId],
  });
  const [row] = rows;
  if (!row) throw new Error(`Stream ${streamId} is gone.`);
  const { funded, billed, refunded, escrow, ...names } = row;
  return {
    ...names,
    funded: BigInt(funded),
    billed: BigInt(billed),
    refunded: BigInt(refunded),
    escrow: BigInt(escrow),
  };
}

async function judgeFlowOf(
  db: Queryable,
  chainId: number,
  subject: string,
  onChain: bigint,
): Promise<CheckFault[]> {
  const logs = (await listSubjectLogs(db, chainId, [subject])).get(subject) ?? [];
  const indexed = logs.findLast(({ event }) => event === "FlowUpdated")?.args.flowRate;
  const { rows } = await db.query<{ rate_amount: string }>({
    text: `select s.rate_amount from chain_stream c join stream s on s.id = c.stream_id
      where c.chain_id = $1 and c.subject >= $2 || ':' and c.subject < $2 || ';' and s.status in ('active', 'exhausted')`,
    values: [chainId, subject],
  });
  return judgeFlow(
    rows.map(({ rate_amount }) => BigInt(rate_amount)),
    BigInt(String(indexed ?? 0)),
    onChain,
  );
}

/** Balances of the contract in each asset that streams of ours are in. */
async function readHoldings(
  db: Queryable,
  client: ChainClient,
  streamPay: Address,
  chainId: number,
  blockNumber: bigint,
): Promise<{ asset: string; amount: bigint }[]> {
  const { rows } = await db.query<{ id: string; address: Address }>({
    text: `select distinct a.id, a.address from asset a join account e on e.asset = a.id and e.kind = 'escrow' where a.chain_id = $1`,
    values: [chainId],
  });
  return Promise.all(
    rows.map(async ({ id, address }) => ({
      asset: id,
      amount: await client.readContract({
        address,
        abi: erc20Abi,
        functionName: "balanceOf",
        args: [streamPay],
        blockNumber,
      }),
    })),
  );
}

/** Waits for the index to come to a block. */
async function cameTo(db: Queryable, chainId: number, number: bigint): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await db.query<{ number: string }>({
      text: "select number from chain_cursor where chain_id = $1",
      values: [chainId],
    });
    if (BigInt(rows[0]?.number ?? -1) >= number) return true;
    if (performance.now() > end) return false;
    await sleep(POLL_MS);
  }
}
