"use client";
import { ChevronRight, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { addRow, type Draft, type Errors, removeRow, rowCount } from "./draft";
import type { FormField } from "./form-field";
import { SchemaControl } from "./schema-control";

type Props = {
  fields: readonly FormField[];
  draft: Draft;
  errors: Errors;
  onChange: (path: string, value: string | boolean) => void;
  /** The whole draft anew, when a row comes or goes. */
  onDraft: (next: Draft) => void;
  at?: string;
};

/** The controls of a schema's fields: units and ranges shown, what is wrong said beside the field. */
export function SchemaFields({ fields, draft, errors, onChange, onDraft, at = "" }: Props) {
  const booleans = fields.filter(({ kind }) => kind === "boolean");
  const others = fields.filter(({ kind }) => kind !== "boolean");
  return (
    <div className="grid gap-3">
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
        {others.map((field) => {
          const path = at + field.name;
          if (field.kind === "group")
            return (
              <Group
                key={path}
                label={field.label}
                hint={field.hint}
                required={field.required}
                given={valuesUnder(draft, path)}
                wrong={Object.keys(errors).some((key) => key.startsWith(`${path}.`))}
              >
                <SchemaFields
                  fields={field.fields}
                  draft={draft}
                  errors={errors}
                  onChange={onChange}
                  onDraft={onDraft}
                  at={`${path}.`}
                />
              </Group>
            );
          if (field.kind === "rows")
            return (
              <RowsField
                key={path}
                field={field}
                path={path}
                draft={draft}
                errors={errors}
                onChange={onChange}
                onDraft={onDraft}
              />
            );
          return (
            <SchemaControl
              key={path}
              field={field}
              text={String(draft[path] ?? "")}
              error={errors[path]}
              onText={(text) => onChange(path, text)}
            />
          );
        })}
      </div>
      {booleans.length > 0 ? (
        <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
          {booleans.map((field) => {
            const path = at + field.name;
            return (
              <label key={path} className="flex cursor-pointer items-start gap-2.5 rounded-md py-1 text-sm">
                <input
                  type="checkbox"
                  checked={draft[path] === true}
                  onChange={(event) => onChange(path, event.target.checked)}
                  className="mt-0.5 size-4 shrink-0 accent-flow"
                />
                <span>
                  <span className="font-medium">{field.label}</span>
                  {field.hint ? <span className="block text-faint text-xs">{field.hint}</span> : null}
                </span>
              </label>
            );
          })}
        </div>
      ) : null}
    </div>
  );
}

type GroupProps = {
  label: string;
  hint: string;
  required: boolean;
  /** How many of its values are filled in. */
  given: number;
  /** True when something in it is wrong: then it opens, and stays open. */
  wrong: boolean;
  children: ReactNode;
};

/** Fields that belong together. A big form would be pages long, so a group that is filled in, or optional, is shut. */
function Group({ label, hint, required, given, wrong, children }: GroupProps) {
  const [open, setOpen] = useState(required && given === 0);
  return (
    <details
      open={open || wrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group/fields rounded-lg border border-line open:bg-sunken/40 sm:col-span-2"
    >
      <summary className="flex items-center gap-3 rounded-lg px-4 py-2.5 text-sm marker:content-none hover:bg-sunken">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 text-soft transition-transform group-open/fields:rotate-90"
        />
        <span className="min-w-0 flex-1">
          <span className="font-medium">{label}</span>
          {required ? null : <span className="ml-1.5 text-faint text-xs">optional</span>}
        </span>
        <span className="text-faint text-xs tabular-nums">{given > 0 ? `${given} filled in` : "empty"}</span>
      </summary>
      <fieldset aria-label={label} className="px-4 pt-2 pb-4">
        {hint ? <p className="mb-3 text-faint text-xs">{hint}</p> : null}
        {children}
      </fieldset>
    </details>
  );
}

type RowsProps = Omit<Props, "fields" | "at"> & {
  field: Extract<FormField, { kind: "rows" }>;
  path: string;
};

/** A list of objects: each row is a group, and rows come and go. */
function RowsField({ field, path, draft, errors, onChange, onDraft }: RowsProps) {
  const add = useRef<HTMLButtonElement>(null);
  const count = rowCount(draft, path);
  const error = errors[path];
  return (
    <fieldset className="grid gap-2 sm:col-span-2">
      <legend className="mb-1.5 font-medium text-sm">
        {field.label}
        {field.required ? null : <span className="ml-1.5 font-normal text-faint text-xs">optional</span>}
      </legend>
      {field.hint ? <p className="text-faint text-xs">{field.hint}</p> : null}
      {Array.from({ length: count }, (_, index) => {
        const at = `${path}.${index}`;
        const label = `${field.label} ${index + 1}`;
        return (
          <Group
            key={at}
            label={label}
            hint=""
            required
            given={valuesUnder(draft, at)}
            wrong={Object.keys(errors).some((key) => key.startsWith(`${at}.`))}
          >
            <SchemaFields
              fields={field.fields}
              draft={draft}
              errors={errors}
              onChange={onChange}
              onDraft={onDraft}
              at={`${at}.`}
            />
            <Button
              tone="quiet"
              size="sm"
              className="mt-2"
              aria-label={`Remove ${label}`}
              onClick={() => {
                onDraft(removeRow(draft, path, index));
                add.current?.focus(); // The button that was pressed goes with its row.
              }}
            >
              <Trash2 aria-hidden /> Remove
            </Button>
          </Group>
        );
      })}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          ref={add}
          size="sm"
          disabled={field.maxItems !== null && count >= field.maxItems}
          aria-invalid={error ? true : undefined}
          onClick={() => onDraft(addRow(draft, path, field.fields))}
        >
          <Plus aria-hidden /> Add to {field.label.toLowerCase()}
        </Button>
        <p role="status" className="text-stop text-xs">
          {error}
        </p>
      </div>
    </fieldset>
  );
}

function valuesUnder(draft: Draft, path: string): number {
  return Object.entries(draft).filter(
    ([key, value]) => key.startsWith(`${path}.`) && value !== "" && value !== false,
  ).length;
}
