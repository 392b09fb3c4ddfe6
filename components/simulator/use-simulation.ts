"use client";
import { useEffect, useState } from "react";
import type { Simulation } from "@/lib/http/operations/simulation-operations";
import { paths } from "@/lib/paths";

/** What to play: a preset, or a scenario as the API takes it. */
export type SimulationRequest = { preset: "demo" | "control" } | { scenario: Record<string, unknown> };

export type Refusal = { detail: string; errors: readonly { pointer: string; message: string }[] };

export type SimulationState =
  | { status: "running" }
  | { status: "done"; simulation: Simulation }
  | { status: "refused"; refusal: Refusal };

/** Answers of this visit: the same request has the same answer, so going back and forth asks once. */
const answers = new Map<string, Simulation>();

/** Runs a simulation whenever the request changes; null runs nothing. `again` asks once more after a refusal. */
export function useSimulation(request: SimulationRequest | null): [SimulationState | null, () => void] {
  const body = request && JSON.stringify(request);
  const [outcome, setOutcome] = useState<{ body: string; state: SimulationState } | null>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is another run
  useEffect(() => {
    if (body === null) return;
    const leaving = new AbortController();
    setOutcome({ body, state: { status: "running" } });
    void ask(body, leaving.signal).then((state) => {
      if (!leaving.signal.aborted) setOutcome({ body, state });
    });
    return () => leaving.abort();
  }, [body, tries]);

  const again = () => setTries((count) => count + 1);
  if (body === null) return [null, again];
  const known = answers.get(body);
  if (known) return [{ status: "done", simulation: known }, again];
  return [outcome?.body === body ? outcome.state : { status: "running" }, again];
}

async function ask(body: string, signal: AbortSignal): Promise<SimulationState> {
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
