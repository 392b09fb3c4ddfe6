import { handle } from "@/lib/http/handle";
import { runSimulationOperation } from "@/lib/http/operations/simulation-operations";
import { serve } from "@/lib/http/serve";
import { presets } from "@/lib/simulation/scenario";
import { simulate } from "@/lib/simulation/simulate";
import { simulationView } from "@/lib/simulation/simulation-view";
import { toScenario } from "@/lib/simulation/to-scenario";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(runSimulationOperation, async ({ body, request }) => {
    const scenario = body.scenario ? toScenario(body.scenario) : presets[body.preset ?? "demo"];
    return simulationView(await simulate(scenario, request.signal));
  }),
);
