"use client";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { timeFor } from "@/lib/domain/rate";
import { formatDuration, formatRate } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet, TierChoice } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

type Props = {
  stream: StreamView;
  tiers: readonly TierChoice[];
  send: StreamActionSet["changeTier"];
  onClose: () => void;
};

/** Another rate from now on. What has flowed keeps the rate at which it did. */
export function ChangeTierDialog({ stream, tiers, send, onClose }: Props) {
  const others = tiers.filter(({ name }) => name !== stream.tier);
  const [name, setName] = useState(others[0]?.name ?? "");
  const tier = others.find((other) => other.name === name);
  const { state, submit } = useMoneyAction(send, `Change the tier of ${stream.provider.name}`);
  const onChain = stream.chain !== null;

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Change the tier"
      description={`Now ${stream.tier}, ${formatRate(stream.rate, stream.asset)}.`}
      consequence={
        tier ? (
          <>
            From {onChain ? "the next block" : "now"} on the stream flows at{" "}
            <strong>{formatRate(tier.rate, stream.asset)}</strong>. What has accrued keeps its own rate.{" "}
            {onChain ? "What you have left for it" : "What is locked"} then lasts about{" "}
            {formatDuration(timeFor(tier.rate, stream.remaining))}.{" "}
            {onChain
              ? "The buffer that the chain holds changes with the rate."
              : "Nothing leaves your wallet."}
          </>
        ) : (
          "This provider has no other tier."
        )
      }
      confirm="Change tier"
      disabled={!tier}
      state={state}
      onConfirm={() => {
        if (tier) void submit({ streamId: stream.id, tier: tier.name });
      }}
      done={(after) => (
        <>
          The stream is now {after.tier}, {formatRate(after.rate, after.asset)}, and lasts for{" "}
          {formatDuration(after.runwayMs)}.
        </>
      )}
    >
      <Field label="Tier" required plain>
        {(control) => (
          <Select {...control} value={name} onChange={(event) => setName(event.target.value)}>
            {others.map((other) => (
              <option key={other.name} value={other.name}>
                {other.name}: {formatRate(other.rate, stream.asset)}, {other.maxRequestsPerHour} calls an hour
              </option>
            ))}
          </Select>
        )}
      </Field>
    </MoneyDialog>
  );
}
