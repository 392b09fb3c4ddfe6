/** What the generator sends, to 127.0.0.1. */
export type LoadTarget = {
  port: number;
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Session tokens, in turn. */
  tokens?: readonly string[];
  /** What is new in each request: an idempotency key, or a credential from a file with one a line, each used once. */
  fresh?: "idempotency-key" | { credentialsFile: string };
};

export type LoadPlan = { target: LoadTarget; connections: number; warmMs: number; measureMs: number };

export type LoadReport = {
  elapsedMs: number;
  /** 2xx answers within the measured time. */
  measured: number;
  /** 2xx answers of the whole run, also of its warm-up: what the database must know of. */
  ok: number;
  /** Anything else that came, and how often. */
  failures: [string, number][];
  /** See Histogram, of the measured answers. */
  histogram: number[];
  /** Of the generator's own process, in the measured time. */
  cpuMicros: number;
};

export type FromGenerator =
  | { type: "measuring" }
  | { type: "measured" }
  | { type: "done"; report: LoadReport }
  | { type: "failed"; message: string };
