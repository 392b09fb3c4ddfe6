"use client";
import { useEffect, useState } from "react";
import type { Simulation } from "@/lib/http/operations/simulation-operations";
import { paths } from "@/lib/paths";

/** What to play: a preset, or a scenario as the API takes it. */
export type SimulationRequest = { preset: "demo" | "control" } | { scenario: Record<string, unknown> };

export type Refusal = { detail: string; errors: readonly { pointer: string; message: string }[] };

type Outcome = { status: "done"; simulation: Simulation } | { status: "refused"; refusal: Refusal };
export type SimulationState = { status: "running" } | Outcome;

/** Answers of this visit: the same request has the same answer, so going back and forth asks once. */
const answers = new Map<string, Simulation>();

/** Runs a simulation whenever the request changes; null runs nothing. `again` asks once more after a refusal. */
export function useSimulation(request: SimulationRequest | null): [SimulationState | null, () => void] {
  const body = request && JSON.stringify(request);
  const [last, setLast] = useState<{ body: string; outcome: Outcome } | null>(null);
  const outcome = last?.body === body ? last.outcome : null;

  useEffect(() => {
    if (body === null || outcome) return;
    const leaving = new AbortController();
    void ask(body, leaving.signal).then((outcome) => {
      if (!leaving.signal.aborted) setLast({ body, outcome });
    });
    return () => leaving.abort();
  }, [body, outcome]);

  const again = () => setLast(null);
  if (body === null) return [null, again];
  const known = answers.get(body);
  if (known) return [{ status: "done", simulation: known }, again];
  return [outcome ?? { status: "running" }, again];
}

async function ask(body: string, signal: AbortSignal): Promise<Outcome> {
  const known = answers.get(body);
  if (known) return { status: "done", simulation: known };
  try {
    const response = await fetch(paths.api.simulations, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      signal,
    });
    const answer: unknown = await response.json();
    if (!response.ok) return { status: "refused", refusal: readRefusal(answer) };
    const simulation = answer as Simulation; // Our own API's answer, tested against its schema.
    answers.set(body, simulation);
    return { status: "done", simulation };
  } catch {
    return {
      status: "refused",
      refusal: { detail: "The server did not answer. Check your connection and try again.", errors: [] },
    };
  }
}

/** Problem details, as far as they hold what they should. */
function readRefusal(answer: unknown): Refusal {
  const problem = typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>) : {};
  const errors = Array.isArray(problem.errors) ? (problem.errors as Refusal["errors"]) : [];
  return {
    detail: typeof problem.detail === "string" ? problem.detail : "The simulation was refused.",
    errors,
  };
}
