import type { Operation } from "./define-operation";
import * as account from "./operations/account-operations";
import * as alerts from "./operations/alert-operations";
import * as auth from "./operations/auth-operations";
import * as delegations from "./operations/delegation-operations";
import * as market from "./operations/market-operations";
import * as operator from "./operations/operator-operations";
import * as payments from "./operations/payment-operations";
import * as registry from "./operations/registry-operations";
import * as relays from "./operations/relay-operations";
import * as simulations from "./operations/simulation-operations";
import * as streamChanges from "./operations/stream-change-operations";
import * as streams from "./operations/stream-operations";
import * as streamPlans from "./operations/stream-plan-operations";
import * as withdrawals from "./operations/withdrawal-operations";

/** Every operation of the API: what the OpenAPI document lists and the bad-input generator attacks. */
export const operations: readonly Operation[] = [
  auth,
  market,
  registry,
  payments,
  streams,
  streamChanges,
  streamPlans,
  relays,
  delegations,
  alerts,
  account,
  withdrawals,
  operator,
  simulations,
]
  .flatMap((room) => Object.values<unknown>(room))
  .filter(isOperation);

function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null && "id" in value && "path" in value && "output" in value;
}
