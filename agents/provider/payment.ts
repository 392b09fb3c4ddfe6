/** What a call shows of being paid: headers, and what they have to be good for. */
export type Shown = {
  method: string;
  /** Path and query behind the endpoint, as they were asked for. */
  path: string;
  /** RFC 9530 digest of the body. */
  digest: string;
  header: (name: string) => string | null;
};

/** How a call ended. `digest`: of what was sent. `void`: nothing is owed for it. */
export type Ending =
  | { outcome: "served"; status: number; digest: string }
  | { outcome: "void"; status: number };

/** A call that is paid for. */
export type Paid = {
  requestId: string;
  streamId: string;
  payer: string;
  /** How long the stream pays from now on. */
  runwayMs: number;
  /** What the answer carries, whatever it is. */
  headers: Readonly<Record<string, string>>;
  /** The receipt of an answer that has not ended, for the headers of server-sent events; null: the door gives its own. */
  opening: string | null;
  /** Tells the marketplace how it ended. @returns the signed receipt; null when the door writes it */
  settle: (ending: Ending) => Promise<Readonly<Record<string, unknown>> | null>;
};

/** An answer to a call that is not served, made by the marketplace: a challenge, or the end of a stream. */
export type Unserved = { status: number; headers: Readonly<Record<string, string>>; body: string };

export type Authorise = (shown: Shown) => Promise<{ paid: Paid } | { unserved: Unserved }>;
