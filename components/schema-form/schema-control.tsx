"use client";
import { cn } from "@/components/ui/cn";
import { Field } from "@/components/ui/field";
import { Input, inputStyle } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type FormField, humanise } from "./form-field";

type Props = {
  field: FormField;
  text: string;
  error: string | undefined;
  onText: (text: string) => void;
};

/** One control of a schema's field: what it takes, in which unit, and what is wrong with it. */
export function SchemaControl({ field, text, error, onText }: Props) {
  const wide =
    field.kind === "numbers" ||
    field.kind === "texts" ||
    field.kind === "json" ||
    (field.kind === "text" && field.long);
  const unit = unitOf(field);
  const label =
    unit && unit.length <= UNIT_BESIDE_LABEL ? (
      <>
        {field.label} <span className="font-normal text-soft">({unit})</span>
      </>
    ) : (
      field.label
    );
  return (
    <Field
      label={label}
      hint={hintOf(field)}
      error={error}
      required={field.required}
      className={wide ? "sm:col-span-2" : ""}
    >
      {(control) =>
        field.kind === "choice" ? (
          <Select {...control} value={text} onChange={(event) => onText(event.target.value)}>
            {field.required && text !== "" ? null : <option value="">Choose…</option>}
            {field.choices.map((choice) => (
              <option key={String(choice)} value={String(choice)}>
                {typeof choice === "string" ? humanise(choice) : choice}
              </option>
            ))}
          </Select>
        ) : wide ? (
          <textarea
            {...control}
            rows={field.kind === "json" ? 8 : 3}
            spellCheck={field.kind === "text" || field.kind === "texts"}
            value={text}
            onChange={(event) => onText(event.target.value)}
            className={cn(
              inputStyle,
              "h-auto resize-y py-2",
              (field.kind === "json" || field.kind === "numbers") && "font-mono text-xs",
            )}
          />
        ) : (
          <Input
            {...control}
            inputMode={field.kind === "integer" ? "numeric" : field.kind === "number" ? "decimal" : "text"}
            autoComplete="off"
            value={text}
            onChange={(event) => onText(event.target.value)}
          />
        )
      }
    </Field>
  );
}

/** A longer unit is a sentence of its own, and goes below. */
const UNIT_BESIDE_LABEL = 14;

function unitOf(field: FormField): string | null {
  return "unit" in field ? field.unit : null;
}

/** What the field means, and what it takes. */
function hintOf(field: FormField): string {
  const unit = unitOf(field);
  const range =
    "minimum" in field && (field.minimum !== null || field.maximum !== null)
      ? field.minimum !== null && field.maximum !== null
        ? `${field.minimum} to ${field.maximum}`
        : field.minimum !== null
          ? `at least ${field.minimum}`
          : `at most ${field.maximum}`
      : "";
  const each =
    field.kind === "numbers"
      ? "Numbers, separated by commas or spaces"
      : field.kind === "texts"
        ? "One a line"
        : "";
  const words = field.hint === field.label ? "" : field.hint.replace(/\.$/, "");
  const longUnit = unit && unit.length > UNIT_BESIDE_LABEL ? unit : "";
  return [words, each, range && longUnit ? `${range} ${longUnit}` : range || longUnit]
    .filter(Boolean)
    .join(" · ");
}
