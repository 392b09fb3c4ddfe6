import { type Metrics, metrics } from "@/lib/metrics/metrics";
import { noteAnswer } from "@/lib/metrics/note-answer";
import { noteRoute } from "@/lib/metrics/note-route";
import { problemCodeOf } from "./problem-code";

type Cells = ReturnType<typeof newCells>;

/** One set of cells a route and method. Looked up by the two, and not by a text made of both: that text costs more than counting. */
const known = new Map<string, Map<string, Cells>>();

/**
 * Counts and times the answers of one route.
 *
 * @param endpoint the route's template, such as `/api/v1/streams/{streamId}`: never the path itself, which has ids in it
 * @param method of a fixed few: a caller may send any word
 */
export async function measured<Answer extends { status: number }>(
  endpoint: string,
  method: string,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const cells = begin(endpoint, method);
  const beganMs = performance.now();
  const answer = await run();
  const { status } = answer;
  end(cells, beganMs, status, status >= 400 ? problemCodeOf(answer) : "");
  return answer;
}

/** As `measured`, for an answer that is no `Response`: to be called with its status, and the code of its problem. */
export function startMeasure(endpoint: string, method: string): (status: number, code?: string) => void {
  const cells = begin(endpoint, method);
  const beganMs = performance.now();
  return (status, code = `status-${status}`) => end(cells, beganMs, status, code);
}

function begin(endpoint: string, method: string): Cells {
  const cells = cellsOf(endpoint, method);
  cells.requests.n += 1;
  noteRoute(endpoint, method);
  return cells;
}

function end(cells: Cells, beganMs: number, status: number, code: string): void {
  const { endpoint, method } = cells;
  const tookMs = performance.now() - beganMs;
  cells.duration.observe(tookMs / 1000);
  cells.status(status).n += 1;
  if (status >= 400) cells.errors.of(endpoint, method, code).n += 1;
  noteAnswer(endpoint, method, status, code, tookMs);
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The method as a label: a caller may send any word. */
export function methodLabel(method: string | undefined): string {
  return method && METHODS.has(method) ? method : "other";
}

function cellsOf(endpoint: string, method: string): Cells {
  let methods = known.get(endpoint);
  if (!methods) {
    methods = new Map();
    known.set(endpoint, methods);
  }
  let cells = methods.get(method);
  if (!cells) {
    cells = newCells(metrics(), endpoint, method);
    methods.set(method, cells);
  }
  return cells;
}

function newCells({ requests, errors, responses, durations }: Metrics, endpoint: string, method: string) {
  const byStatus = new Map<number, { n: number }>();
  return {
    endpoint,
    method,
    errors,
    requests: requests.of(endpoint, method),
    duration: durations.of(endpoint, method),
    status(status: number) {
      let cell = byStatus.get(status);
      if (!cell) {
        cell = responses.of(endpoint, method, String(status));
        byStatus.set(status, cell);
      }
      return cell;
    },
  };
}
