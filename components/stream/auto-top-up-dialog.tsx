"use client";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { defaultAutoTopUp } from "@/lib/domain/default-auto-top-up";
import { amountOver } from "@/lib/domain/rate";
import { formatDuration, formatToken } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { AmountField, proposedAmount, readAmount } from "./amount-field";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

const MINUTE_MS = 60_000n;
const HOUR_MS = 60n * MINUTE_MS;
const triggers = [10n * MINUTE_MS, 30n * MINUTE_MS, HOUR_MS, 4n * HOUR_MS];
const chunks = [HOUR_MS, 4n * HOUR_MS, 24n * HOUR_MS];
/** How long the rule holds from now on, in ms; "" for as long as the stream. */
const ends = [
  { value: "", text: "As long as the stream" },
  { value: String(24n * HOUR_MS), text: "A day" },
  { value: String(7n * 24n * HOUR_MS), text: "A week" },
  { value: String(30n * 24n * HOUR_MS), text: "30 days" },
];
const KEEP = "keep";

type Props = { stream: StreamView; send: StreamActionSet["setAutoTopUp"]; onClose: () => void };

/** The standing order that refills the deposit while nobody looks, within a daily maximum. */
export function AutoTopUpDialog({ stream, send, onClose }: Props) {
  const { asset, rate, autoTopUp: rule } = stream;
  const proposed = rule ?? defaultAutoTopUp(rate);
  const [triggerMs, setTrigger] = useState(proposed.triggerMs);
  const [chunkMs, setChunk] = useState(proposed.chunkMs);
  const [dailyText, setDailyText] = useState(() => proposedAmount(proposed.dailyMax, asset));
  // An end that is over is none to keep.
  const keptMs = rule?.expiresMs != null && rule.expiresMs > stream.serverNowMs ? rule.expiresMs : null;
  const [end, setEnd] = useState(keptMs === null ? "" : KEEP);
  const { state, submit } = useMoneyAction(send);
  const { units: dailyMax } = readAmount(dailyText, asset);
  const chunk = amountOver(rate, chunkMs, "ceil");
  const wrong =
    dailyMax !== undefined && dailyMax < chunk
      ? `One refill is ${formatToken(chunk, asset, { rounding: "up" })}: the maximum must allow it.`
      : undefined;

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Automatic top-up"
      description="Refills the deposit from your wallet before it runs dry."
      consequence={
        <>
          With less than {formatDuration(triggerMs)} left,{" "}
          <strong>{formatToken(chunk, asset, { rounding: "up" })}</strong> leaves your wallet and is locked
          here, at most {dailyMax === undefined ? "…" : formatToken(dailyMax, asset)} a day. Nothing moves
          now. You get back what is not used.
        </>
      }
      confirm={rule ? "Change the rule" : "Turn on"}
      disabled={dailyMax === undefined || wrong !== undefined}
      state={state}
      onConfirm={() => {
        if (dailyMax === undefined) return;
        const endMs = end === KEEP ? keptMs : end === "" ? null : stream.serverNowMs + BigInt(end);
        void submit({
          streamId: stream.id,
          rule: { triggerMs, chunkMs, dailyMax, expiresMs: endMs },
        });
      }}
      done={(after) =>
        after.autoTopUp
          ? `On: ${formatDuration(after.autoTopUp.chunkMs)} of flow are added with less than ${formatDuration(after.autoTopUp.triggerMs)} left.`
          : "Off: the stream stops when its deposit is empty."
      }
    >
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        <Field label="When less is left than" required plain>
          {(control) => (
            <Select
              {...control}
              value={triggerMs.toString()}
              onChange={(event) => setTrigger(BigInt(event.target.value))}
            >
              {withCurrent(triggers, triggerMs).map((ms) => (
                <option key={ms.toString()} value={ms.toString()}>
                  {formatDuration(ms)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Add enough for" required plain>
          {(control) => (
            <Select
              {...control}
              value={chunkMs.toString()}
              onChange={(event) => setChunk(BigInt(event.target.value))}
            >
              {withCurrent(chunks, chunkMs).map((ms) => (
                <option key={ms.toString()} value={ms.toString()}>
                  {formatDuration(ms)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        <AmountField
          label="At most in a day"
          asset={asset}
          text={dailyText}
          onText={setDailyText}
          error={wrong}
        />
        <Field label="For" required plain>
          {(control) => (
            <Select {...control} value={end} onChange={(event) => setEnd(event.target.value)}>
              {keptMs === null ? null : (
                <option value={KEEP}>{formatDuration(keptMs - stream.serverNowMs)} more, as before</option>
              )}
              {ends.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </MoneyDialog>
  );
}

function withCurrent(choices: readonly bigint[], current: bigint): bigint[] {
  return [...new Set([...choices, current])].sort((a, b) => (a < b ? -1 : 1));
}
