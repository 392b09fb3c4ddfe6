import "server-only";
import type { Address } from "viem";
import type { EscrowChange, EscrowEvent } from "@/lib/domain/escrow-stream";
import type { ChainLog } from "@/lib/indexer/chain-log";
import type { Projection } from "@/lib/indexer/projection";
import { streamPaySource } from "@/lib/indexer/sources/stream-pay-source";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";
import { mirrorEscrowStream } from "./mirror-escrow-stream";

/** Keeps the market's mirror of each stream of `StreamPay` as its logs say. @param contract in any case */
export function streampayProjection(contract: Address): Projection {
  const prefix = `streampay:${contract.toLowerCase()}:`;
  return {
    name: "streampay-1",
    sources: [streamPaySource(contract)],
    async apply(db, { chainId, added, removed, confirmed, confirmedTo, head }) {
      const touched = [...added, ...removed, ...confirmed].flatMap(({ subjects }) =>
        subjects.filter((subject) => subject.startsWith(prefix)),
      );
      const logs = await listSubjectLogs(db, chainId, [...new Set(touched)]);
      for (const [subject, all] of logs) {
        const source = {
          chainId,
          contract: contract.toLowerCase(),
          id: BigInt(subject.slice(prefix.length)),
        };
        await mirrorEscrowStream(db, source, escrowEvents(all, confirmedTo), head);
      }
    },
  };
}

/** The events of one stream, oldest first, as the fold takes them. */
export function escrowEvents(logs: readonly ChainLog[], confirmedTo: bigint): EscrowEvent[] {
  const seen = new Map<string, number>();
  return logs.flatMap((log) => {
    const change = changeOf(log);
    if (!change) return [];
    const nth = seen.get(log.txHash) ?? 0;
    seen.set(log.txHash, nth + 1);
    return [{ ...change, atMs: log.atMs, tx: log.txHash, nth, confirmed: log.blockNumber <= confirmedTo }];
  });
}

function changeOf({ event, args }: ChainLog): EscrowChange | null {
  const text = (name: string) => String(args[name]);
  const units = (name: string) => BigInt(text(name));
  switch (event) {
    case "StreamCreated":
      return {
        kind: "created",
        sender: text("sender"),
        receiver: text("recipient"),
        token: text("token"),
        deposit: units("deposit"),
        durationMs: units("duration") * 1_000n,
        tag: units("providerId"),
      };
    case "StreamToppedUp":
      return { kind: "topped-up", amount: units("amount"), deposit: units("deposit") };
    case "StreamWithdrawn":
      return { kind: "paid", amount: units("amount") };
    case "StreamUpdated":
      return { kind: "paid", amount: units("toRecipient") + units("reward") };
    case "StreamCancelled":
      return { kind: "cancelled", by: text("by"), toReceiver: units("toRecipient"), refund: units("refund") };
    default:
      return null; // Claims are about an account, not a stream.
  }
}
