import type { Metadata } from "next";
import { z } from "zod";
import { PageHead } from "@/components/layout/page-head";
import { Choices } from "@/components/simulator/choices";
import { OwnSimulator, PresetSimulator } from "@/components/simulator/simulator";

export const metadata: Metadata = {
  title: "Simulator",
  description: "Play hours or weeks of streams on the real ledger, under a simulated clock.",
};

/** An address may be cut or old: what means nothing is the demo. */
const simulatorQuery = z.object({
  preset: z.enum(["demo", "control", "own"]).catch("demo"),
  scenario: z.string().min(1).max(20_000).optional().catch(undefined),
});

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Time, played fast: the ledger's own functions under a clock that is set by hand, and nothing of it stays. */
export default async function SimulatorPage({ searchParams }: Props) {
  const { preset, scenario } = simulatorQuery.parse(await searchParams);
  const chosen = scenario ? "own" : preset;
  return (
    <>
      <PageHead
        title="Simulator"
        lead="Play a day of streams in a second, on the same ledger functions that move the market's money, under a clock set by hand. All of it is undone afterwards: no wallet needed, nothing paid."
      />
      <Choices chosen={chosen} />
      <div className="mt-6">
        {chosen === "own" ? <OwnSimulator shared={scenario ?? null} /> : <PresetSimulator preset={chosen} />}
      </div>
    </>
  );
}
