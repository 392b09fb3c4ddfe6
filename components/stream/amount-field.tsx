"use client";
import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Asset } from "@/lib/domain/asset";
import { formatAmount, parseAmount } from "@/lib/format";

type Props = {
  label: string;
  asset: Asset;
  text: string;
  onText: (text: string) => void;
  hint?: ReactNode;
  /** What is wrong with the amount beyond its spelling, e.g. more than the wallet holds. */
  error?: string | undefined;
};

/** A field for an amount of money, typed in whole tokens. */
export function AmountField({ label, asset, text, onText, hint, error }: Props) {
  const read = readAmount(text, asset);
  const wrong = text === "" ? undefined : (read.wrong ?? error);
  return (
    <Field label={`${label} (${asset.symbol})`} hint={hint} error={wrong} required>
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}

/** What a field begins with: at most six digits, rounded up, so that what is proposed is never too little. */
export function proposedAmount(units: bigint, asset: Asset): string {
  return formatAmount(units, { decimals: asset.decimals, max: 6, rounding: "up" });
}

/** Base units of what was typed, or what is wrong with it. An empty field is neither. */
export function readAmount(text: string, asset: Asset): { units?: bigint; wrong?: string } {
  if (text.trim() === "") return {};
  try {
    const units = parseAmount(text.trim(), asset.decimals);
    return units === 0n ? { wrong: "The amount must be more than 0." } : { units };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { wrong: error.message };
  }
}
