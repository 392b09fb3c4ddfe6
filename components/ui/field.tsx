import { type ReactNode, useId } from "react";
import { cn } from "./cn";

export type FieldControl = {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
};

type Props = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  /** True for a control that can have neither hint nor error: then no line is kept free. */
  plain?: boolean;
  className?: string;
  children: (control: FieldControl) => ReactNode;
};

/** A label, its control, and below it the hint or what is wrong. One line is kept free, so nothing jumps. */
export function Field({ label, hint, error, required, plain, className, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className={cn("min-w-0", className)}>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {label}
        {required ? null : <span className="ml-1.5 font-normal text-faint text-xs">optional</span>}
      </label>
      {children({
        id,
        ...(note ? { "aria-describedby": noteId } : {}),
        ...(error ? { "aria-invalid": true } : {}),
        ...(required ? { "aria-required": true } : {}),
      })}
      {plain ? null : (
        <p id={noteId} className={cn("mt-1 min-h-4 text-xs", error ? "text-stop" : "text-faint")}>
          {note}
        </p>
      )}
    </div>
  );
}
