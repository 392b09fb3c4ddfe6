import "server-only";
import { env } from "@/lib/env";
import { clientIp } from "@/lib/http/client-ip";
import type { LightRequest, WholeAnswer } from "@/lib/http/light-message";
import { logger } from "@/lib/log";
import { getDoor } from "@/lib/market/get-door";
import { measureCalls } from "@/lib/market/provider-health-calls";
import { authorizeRequest } from "@/lib/streams/authorize-request";
import { closeStream } from "@/lib/streams/close-stream";
import { completeRequest } from "@/lib/streams/complete-request";
import { delegationEnd } from "@/lib/streams/delegation-end";
import { extendRequest } from "@/lib/streams/extend-request";
import { findAnswer } from "@/lib/streams/find-answer";
import { getStream } from "@/lib/streams/get-stream";
import { openStream } from "@/lib/streams/open-stream";
import { sessionDelegation } from "@/lib/streams/session-delegation";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { callUpstream } from "./call-upstream";
import { createDoor, type DoorContext, type DoorTools, fetchDoor, type PaidDoor } from "./create-door";
import { findDoorChain } from "./door-chain";
import { findDoorCharges } from "./door-charges";
import { measureLedger, measureUpstream } from "./measure-door";
import { createPayerSlots } from "./payer-slots";
import { createProbeLimiter } from "./probe-limiter";
import { createProviderQueue } from "./provider-queue";
import { mppSecrets } from "./secrets";

/** Unpaid requests of one address in a minute: twenty a second. */
const PROBES_PER_MINUTE = 1_200;

// The server in front of Next and Next's own routes are different bundles of one process: they share one door, so that
// a provider's queue and an address's count are one, too.
const shared = globalThis as typeof globalThis & { superstreamDoor?: PaidDoor };

/** The paid door over this process's market, ledger and network. */
export function paidDoor(request: LightRequest, context?: DoorContext): Promise<Response | WholeAnswer> {
  shared.superstreamDoor ??= createDoor(doorTools());
  return shared.superstreamDoor(request, context ?? { clientIp: clientIp(request) });
}

/** The same for a route of Next. */
export const fetchPaidDoor = fetchDoor(paidDoor);

/** What the door of this process works with. The benchmark has the provider's answer made in process, and all else as it is. */
export function doorTools(askProvider: DoorTools["callUpstream"] = callUpstream): DoorTools {
  const chain = findDoorChain();
  return {
    origin: env.ORIGIN,
    chainId: env.CHAIN_ID,
    chain,
    charges: findDoorCharges(chain),
    secrets: mppSecrets(),
    getDoor,
    ledger: measureLedger({
      authorizeRequest,
      completeRequest,
      delegationEnd,
      extendRequest,
      findAnswer,
      getStream,
      openStream,
      sessionDelegation,
      topUpStream,
      closeStream,
    }),
    callUpstream: measureUpstream(measureCalls(askProvider)),
    upstreamAllow: env.UPSTREAM_ALLOW,
    queue: createProviderQueue({ maxLength: 256, maxWaitMs: 10_000 }),
    eventSlots: createPayerSlots({ perPayer: 5 }),
    probes: createProbeLimiter({ perMinute: PROBES_PER_MINUTE }),
    report: (message, error) => logger.error({ error }, message),
  };
}
