"use client";
import { RotateCcw } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { Preformatted } from "@/components/ui/preformatted";
import { Skeleton } from "@/components/ui/skeleton";
import type { Simulation } from "@/lib/http/operations/simulation-operations";
import { paths } from "@/lib/paths";
import { Comparison } from "./comparison";
import { Headline } from "./headline";
import { RequestTable } from "./request-table";
import { decodeDraft, encodeDraft, newDraft, readScenario } from "./scenario-draft";
import { ScenarioForm } from "./scenario-form";
import { StreamChart } from "./stream-chart";
import { type SimulationRequest, type SimulationState, useSimulation } from "./use-simulation";

/** Plays a preset at once, beside the other one: what differs is the rule. */
export function PresetSimulator({ preset }: { preset: "demo" | "control" }) {
  const [demo, demoAgain] = useSimulation({ preset: "demo" });
  const [control, controlAgain] = useSimulation({ preset: "control" });
  const [state, again] = preset === "demo" ? [demo, demoAgain] : [control, controlAgain];
  return (
    <>
      <Said state={state} />
      {state?.status === "done" ? (
        <Report simulation={state.simulation} request={{ preset }}>
          <Comparison
            demo={demo?.status === "done" ? demo.simulation : null}
            control={control?.status === "done" ? control.simulation : null}
          />
        </Report>
      ) : state?.status === "refused" ? (
        <Notice tone="stop" title="The simulation did not run">
          <p>{state.refusal.detail}</p>
          <Button size="sm" className="mt-3" onClick={again}>
            <RotateCcw aria-hidden />
            Try again
          </Button>
        </Notice>
      ) : (
        <Waiting />
      )}
    </>
  );
}

/** A form, and what came of it. What was run stands in the address, to be shared. */
export function OwnSimulator({ shared }: { shared: string | null }) {
  const [initial] = useState(() => (shared && decodeDraft(shared)) || newDraft);
  const [request, setRequest] = useState<SimulationRequest | null>(() => {
    const read = shared && decodeDraft(shared) ? readScenario(initial) : null;
    return read && Object.keys(read.errors).length === 0 ? { scenario: read.scenario } : null;
  });
  const [state, again] = useSimulation(request);
  const result = useRef<HTMLDivElement>(null);
  return (
    <div className="grid grid-cols-1 gap-5">
      <Said state={state} />
      <ScenarioForm
        initial={initial}
        busy={state?.status === "running"}
        refusal={state?.status === "refused" ? state.refusal : null}
        onRun={(scenario, draft) => {
          setRequest({ scenario });
          again();
          history.replaceState(null, "", `${paths.simulator}?scenario=${encodeDraft(draft)}`);
          // Below a long form what happens would be out of sight.
          result.current?.scrollIntoView({ block: "start" });
        }}
      />
      <div ref={result} className="scroll-mt-20">
        {state?.status === "running" ? <Waiting /> : null}
        {state?.status === "done" && request ? (
          <Report simulation={state.simulation} request={request} />
        ) : null}
      </div>
    </div>
  );
}

type ReportProps = { simulation: Simulation; request: SimulationRequest; children?: ReactNode };

function Report({ simulation, request, children }: ReportProps) {
  const { streams } = simulation;
  const columns = ["", "", "md:grid-cols-2", "md:grid-cols-2 lg:grid-cols-3"][Math.min(streams.length, 3)];
  return (
    <div className="grid grid-cols-1 gap-5">
      <Headline simulation={simulation} />
      <section aria-labelledby="simulated-streams">
        <h2 id="simulated-streams" className="sr-only">
          Streams
        </h2>
        <ul className={`grid grid-cols-1 gap-4 ${columns}`}>
          {streams.map((stream) => (
            <li key={stream.name} className="min-w-0 [&>section]:h-full">
              <StreamChart simulation={simulation} stream={stream} />
            </li>
          ))}
        </ul>
      </section>
      {children}
      <RequestTable simulation={simulation} />
      <ByApi request={request} />
    </div>
  );
}

/** One region that stays, so that its changes are read out. */
function Said({ state }: { state: SimulationState | null }) {
  return (
    <p role="status" aria-label="Simulation" className="sr-only">
      {state?.status === "running"
        ? "The simulation is running."
        : state?.status === "done"
          ? `Done: ${state.simulation.totals.authorised} calls authorised, ${state.simulation.totals.denied} denied.`
          : ""}
    </p>
  );
}

/** The same run for programs: one request, the same answer each time. */
function ByApi({ request }: { request: SimulationRequest }) {
  const command = `curl -s -X POST '${location.origin}${paths.api.simulations}' -H 'Content-Type: application/json' -d '${JSON.stringify(request)}'`;
  return (
    <details className="rounded-xl border border-line bg-card px-5 py-3 text-sm shadow-card">
      <summary className="font-medium">The same by API</summary>
      <div className="mt-3 flex items-start gap-2">
        <Preformatted label="The command" text={command} className="min-w-0 flex-1" />
        <CopyButton text={command} label="Copy the command" />
      </div>
      <p className="mt-2 text-soft">
        The same input always gives the same answer. <code className="text-xs">npm run demo</code> plays both
        days in a terminal.
      </p>
    </details>
  );
}

/** In the size of what is on its way. */
function Waiting() {
  return (
    <div className="grid grid-cols-1 gap-5">
      <Skeleton className="h-[142px] rounded-xl max-lg:h-[223px]" />
      <div className="grid grid-cols-1 gap-4 md:grid-cols-2 lg:grid-cols-3">
        {["s1", "s2", "s3"].map((name) => (
          <Skeleton key={name} className="h-[466px] rounded-xl" />
        ))}
      </div>
    </div>
  );
}
