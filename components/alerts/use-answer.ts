"use client";
import { useState } from "react";
import { toast } from "sonner";
import type { ActionResult } from "@/lib/http/action";

/** Runs a server action that moves no money. A refusal is shown where toasts are, and the caller gets null. */
export function useAnswer<Input, Value>(send: (input: Input) => Promise<ActionResult<Value>>) {
  const [busy, setBusy] = useState(false);

  async function run(input: Input): Promise<Value | null> {
    setBusy(true);
    try {
      const result = await send(input);
      if (result.ok) return result.value;
      toast.error(result.problem.title, { description: result.problem.detail });
    } catch {
      toast.error("No answer came back", { description: "Look at the page again, then try once more." });
    } finally {
      setBusy(false);
    }
    return null;
  }

  return { busy, run };
}
