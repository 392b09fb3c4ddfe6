import type { Status } from "@/lib/operations/get-status";
import { Figure } from "./figure";
import { milliseconds, percent, perSecond } from "./figures";
import { Panel } from "./panel";
import { Sparkline } from "./sparkline";

/** Steps that are shown: ten minutes. */
const SLOTS = 60;

/** Throughput and error rate of the last ten minutes, and how long paid calls took. */
export function TrafficPanel({ status: { process } }: { status: Status }) {
  const { points, stepMs, doorP50Ms, doorP99Ms } = process;
  const seconds = stepMs / 1000;
  // The last step is still under way: what it has so far would look like a fall.
  const full = points.slice(0, -1);
  const rates = full.map(({ requests }) => requests / seconds);
  const errors = full.map(({ requests, errors }) => (requests > 0 ? errors / requests : 0));
  const requests = full.reduce((sum, point) => sum + point.requests, 0);
  const failed = full.reduce((sum, point) => sum + point.errors, 0);
  const rate = rates.at(-1) ?? 0;
  const peak = Math.max(0, ...rates);
  const share = requests > 0 ? failed / requests : 0;
  return (
    <Panel id="traffic" title="Calls of the API" aside="This process, last 10 minutes">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-4">
        <Figure label="Now" value={perSecond(rate)} note="a second" />
        <Figure label="Peak" value={perSecond(peak)} note="a second" />
        <Figure label="Half within" value={milliseconds(doorP50Ms)} note="paid calls, p50" />
        <Figure label="99 % within" value={milliseconds(doorP99Ms)} note="paid calls, p99" />
      </dl>
      <figure className="mt-5">
        <Sparkline
          values={rates}
          slots={SLOTS}
          label={`Calls a second over the last ten minutes: at most ${perSecond(peak)}, now ${perSecond(rate)}.`}
        />
        <figcaption className="mt-1 flex justify-between gap-4 text-faint text-xs">
          <span>10 min ago</span>
          <span>{requests.toLocaleString("en-GB")} calls</span>
          <span>now</span>
        </figcaption>
      </figure>
      <figure className="mt-4">
        <Sparkline
          values={errors}
          slots={SLOTS}
          tone="stop"
          top={0.05}
          label={`Share of calls that failed on our side over the last ten minutes: ${percent(share)}.`}
        />
        <figcaption className="mt-1 flex justify-between gap-4 text-faint text-xs">
          <span>Failed on our side</span>
          <span className={failed > 0 ? "text-stop" : undefined}>
            {percent(share)}, {failed.toLocaleString("en-GB")} of {requests.toLocaleString("en-GB")}
          </span>
        </figcaption>
      </figure>
    </Panel>
  );
}
