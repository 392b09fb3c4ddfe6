"use client";
import { Play, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardBody } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { DEFAULT_TIERS, TIER_NAMES, type TierName } from "@/lib/domain/tier";
import { formatRate } from "@/lib/format";
import {
  type DraftErrors,
  newStream,
  placeErrors,
  readScenario,
  type ScenarioDraft,
  type StreamDraft,
} from "./scenario-draft";
import type { Refusal } from "./use-simulation";

const STREAMS_MAX = 20;

type Props = {
  initial: ScenarioDraft;
  busy: boolean;
  refusal: Refusal | null;
  onRun: (scenario: Record<string, unknown>, draft: ScenarioDraft) => void;
};

/** A scenario of one's own: the market's rules above, one line of fields for each stream below. */
export function ScenarioForm({ initial, busy, refusal, onRun }: Props) {
  const [draft, setDraft] = useState(initial);
  const [wrong, setWrong] = useState<DraftErrors>({});
  const said = placeErrors(refusal?.errors ?? [], draft);
  const errors = { ...said.placed, ...wrong };
  const change = (members: Partial<ScenarioDraft>) => setDraft({ ...draft, ...members });
  const changeStream = (at: number, members: Partial<StreamDraft>) =>
    change({
      streams: draft.streams.map((stream, index) => (index === at ? { ...stream, ...members } : stream)),
    });

  function remove(index: number) {
    change({ streams: draft.streams.filter((_, at) => at !== index) });
    setWrong({}); // It says what is wrong by the place of a stream, and the places have changed.
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const read = readScenario(draft);
    setWrong(read.errors);
    if (Object.keys(read.errors).length === 0) onRun(read.scenario, draft);
  }

  const text = (label: string, name: keyof ScenarioDraft & string, path: string, hint?: string) => (
    <Field label={label} required={name !== "wallet"} hint={hint} error={errors[path]}>
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          value={String(draft[name])}
          onChange={({ target }) => change({ [name]: target.value })}
        />
      )}
    </Field>
  );

  return (
    <Card aria-label="A scenario of your own">
      <CardBody>
        <form onSubmit={submit} noValidate>
          <div className="grid grid-cols-2 items-end gap-x-4 gap-y-2 md:grid-cols-4">
            {text("Length, hours", "hours", "lengthMs", "At most 744")}
            {text("Deposit, hours of flow", "depositHours", "depositMs", "Locked at the start")}
            {text("Grace, minutes", "graceMinutes", "graceMs", "When a stream is dry")}
            {text("Wallets, USDCx", "wallet", "wallet", "9,999 if empty")}
          </div>
          <div className="mt-3 grid grid-cols-2 items-start gap-x-4 gap-y-2 md:grid-cols-4">
            <label className="flex items-start gap-2.5 max-md:col-span-2 md:mt-8">
              <input
                type="checkbox"
                className="mt-1 size-4 accent-flow"
                checked={draft.topUp}
                onChange={({ target }) => change({ topUp: target.checked })}
              />
              <span className="font-medium text-sm">Top up automatically</span>
            </label>
            {draft.topUp ? (
              <>
                {text("Below, hours left", "triggerHours", "autoTopUp.triggerMs")}
                {text("Add, hours of flow", "chunkHours", "autoTopUp.chunkMs")}
              </>
            ) : (
              <p className="text-sm text-soft max-md:col-span-2 md:col-span-3 md:mt-8">
                Streams run on their first deposit, and stop when it is spent.
              </p>
            )}
          </div>
          <ol className="mt-4 grid gap-3">
            {draft.streams.map((stream, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a stream has no other name, and its fields hold no state of their own
              <li key={index}>
                <StreamFields
                  index={index}
                  stream={stream}
                  errors={errors}
                  onChange={(members) => changeStream(index, members)}
                  onRemove={draft.streams.length > 1 ? () => remove(index) : null}
                />
              </li>
            ))}
          </ol>
          {refusal && Object.keys(said.placed).length === 0 ? (
            <Notice tone="stop" title="This cannot be played" className="mt-4">
              {said.rest.length > 0 ? said.rest.join(" ") : refusal.detail}
            </Notice>
          ) : null}
          <div className="mt-4 flex flex-wrap gap-3">
            <Button type="submit" tone="flow" busy={busy}>
              {busy ? null : <Play aria-hidden />}
              Run the simulation
            </Button>
            <Button
              disabled={draft.streams.length >= STREAMS_MAX}
              onClick={() => change({ streams: [...draft.streams, newStream] })}
            >
              <Plus aria-hidden />
              Add a stream
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

type StreamProps = {
  index: number;
  stream: StreamDraft;
  errors: DraftErrors;
  onChange: (members: Partial<StreamDraft>) => void;
  onRemove: (() => void) | null;
};

const tierNames: Record<TierName, string> = {
  basic: "Basic",
  professional: "Professional",
  enterprise: "Enterprise",
};

function StreamFields({ index, stream, errors, onChange, onRemove }: StreamProps) {
  const error = (name: string) => errors[`streams.${index}.${name}`];
  const text = (label: string, name: keyof StreamDraft, field: string, hint?: string, required = false) => (
    <Field label={label} required={required} hint={hint} error={error(field)}>
      {(control) => (
        <Input
          {...control}
          inputMode={name === "atHours" ? "text" : "decimal"}
          value={stream[name]}
          onChange={({ target }) => onChange({ [name]: target.value })}
        />
      )}
    </Field>
  );
  return (
    <fieldset className="rounded-lg border border-line bg-sunken/60 p-3 sm:p-4">
      <legend className="sr-only">Stream s{index + 1}</legend>
      <div className="mb-2 flex items-center justify-between">
        <p aria-hidden className="font-medium text-sm">
          Stream s{index + 1}
        </p>
        {onRemove ? (
          <Button tone="quiet" size="icon" aria-label={`Remove stream s${index + 1}`} onClick={onRemove}>
            <Trash2 aria-hidden />
          </Button>
        ) : null}
      </div>
      <div className="grid grid-cols-2 items-end gap-x-4 gap-y-2 md:grid-cols-4">
        <Field
          label="Tier"
          required
          hint={formatRate(DEFAULT_TIERS[stream.tier].rate, LEDGER_ASSET)}
          error={error("tier")}
        >
          {(control) => (
            <Select
              {...control}
              value={stream.tier}
              onChange={({ target }) => onChange({ tier: target.value as TierName })}
            >
              {TIER_NAMES.map((name) => (
                <option key={name} value={name}>
                  {tierNames[name]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {text("USDCx a day", "perDay", "rate", "The tier's if empty")}
        {text("Calls an hour", "perHour", "maxRequestsPerHour", "The tier's if empty")}
        {text("USDCx a call", "price", "price", "None if empty")}
        <Field label="Calls are made" required>
          {(control) => (
            <Select
              {...control}
              value={stream.pattern}
              onChange={({ target }) => onChange({ pattern: target.value as StreamDraft["pattern"] })}
            >
              <option value="every">Evenly</option>
              <option value="at">At certain hours</option>
              <option value="none">Not at all</option>
            </Select>
          )}
        </Field>
        {stream.pattern === "every"
          ? text("One every, minutes", "everyMinutes", "requests", undefined, true)
          : stream.pattern === "at"
            ? text("At hours", "atHours", "requests", "Such as 1, 4, 8.5", true)
            : null}
        {text("Closes at hour", "closeHour", "closesAtMs", "The end if empty")}
      </div>
    </fieldset>
  );
}
