import type { ReceiptJwk } from "@/lib/mpp/receipt-keys";
import type { Books } from "./books";
import type { History } from "./history";

/** All that is known at the end of a run. */
export type Evidence = {
  history: History;
  books: Books;
  /** Times that the provider sent a whole answer, by request id. */
  upstream: Map<string, number>;
  keys: readonly ReceiptJwk[];
  /** Final balances as the API shows them, by lower-case address. */
  balances: Map<string, bigint>;
};
