import { CircleCheck, CircleDashed, TriangleAlert } from "lucide-react";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { Fact } from "@/components/ui/fact";
import { LocalTime } from "@/components/ui/local-time";
import { Notice } from "@/components/ui/notice";
import { ShortAddress } from "@/components/wallet/short-address";
import { TransactionLink } from "@/components/wallet/transaction-link";
import type { ChainCheckView } from "@/lib/streams/get-chain-check";
import type { ChainPlace, StreamView } from "@/lib/streams/stream-view";
import { SettledEstimate } from "./settled-estimate";

type Props = { stream: StreamView; chain: ChainPlace; check: ChainCheckView | null; network: string };

/** Where a stream's money is on its chain, and whether what is shown here is what the chain says. */
export function ChainCard({ stream, chain, check, network }: Props) {
  const differs = check !== null && check.faults.length > 0;
  const escrow = stream.rail === "streampay";
  return (
    <Card aria-labelledby="chain" className={cn(differs && "border-stop")}>
      <CardHeader>
        <CardTitle id="chain">On {network}</CardTitle>
        {check === null ? (
          <Badge tone="plain">
            <CircleDashed aria-hidden className="size-3.5" /> Not compared yet
          </Badge>
        ) : differs ? (
          <Badge tone="stop">
            <TriangleAlert aria-hidden className="size-3.5" /> Differs at block {check.blockNumber.toString()}
          </Badge>
        ) : (
          <Badge tone="flow">
            <CircleCheck aria-hidden className="size-3.5" /> Balanced at block {check.blockNumber.toString()}
          </Badge>
        )}
      </CardHeader>
      <CardBody className="grid gap-3">
        <p className="text-soft text-sm">
          {escrow
            ? "The deposit is in the contract StreamPay. Nobody but its two ends can move it, and the contract pays for whole seconds."
            : "The money stays in the sender’s balance and flows from there, second by second. The buffer comes back when the flow ends."}
        </p>
        {differs ? (
          <Notice tone="stop" title="This page and the chain differ">
            <ul className="grid gap-1">
              {check.faults.map(({ what, difference }) => (
                <li key={what}>
                  {what}{" "}
                  {difference === null ? null : (
                    <>
                      By {difference < 0n ? "−" : "+"}
                      <Amount
                        value={difference < 0n ? -difference : difference}
                        asset={stream.asset}
                        digits={18}
                      />{" "}
                      here.
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Notice>
        ) : null}
        <dl className="grid gap-2 text-sm">
          <Fact label={escrow ? "Contract" : "Token"}>
            <ShortAddress address={chain.contract} />
          </Fact>
          <Fact label="Opened by">
            <TransactionLink hash={chain.openedTx as `0x${string}`} />
          </Fact>
          <Fact label="Shown as of block">
            {chain.asOf.number.toString()}, <LocalTime ms={chain.asOf.atMs} />
          </Fact>
          {check ? (
            <Fact label="Compared">
              <LocalTime ms={check.checkedMs} />
            </Fact>
          ) : null}
        </dl>
        <SettledEstimate stream={stream} />
      </CardBody>
    </Card>
  );
}
