import { runAlertsOnce } from "@/lib/alerts/run-alerts";
import { env } from "@/lib/env";
import { handle } from "@/lib/http/handle";
import { sweepOperation } from "@/lib/http/operations/operator-operations";
import { serve } from "@/lib/http/serve";
import { probePass } from "@/lib/market/probe-pass";
import { creditChargesOnce } from "@/lib/mpp/credit-charges";
import { endWithdrawalsOnce } from "@/lib/mpp/withdrawals/end-withdrawals";
import { runOutboxForCron } from "@/lib/outbox/run-outbox";
import { followChainOnce } from "@/lib/rails/follow-chain";
import { settleStreams } from "@/lib/streams/settle-streams";
import { sweepStreams } from "@/lib/streams/sweep-streams";

/** Streams of one tick: what is left over waits for the next, and is settled lazily anyway. */
const LIMIT = 500;

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(sweepOperation, async () => {
    await runAlertsOnce(); // First: once a stream is swept dry, nobody can be warned of it.
    const swept = await sweepStreams({ limit: LIMIT });
    if (env.SETTLE_INTERVAL_MS > 0) await settleStreams({ intervalMs: env.SETTLE_INTERVAL_MS });
    if (env.PROBE_INTERVAL_MS > 0) await probePass({ intervalMs: env.PROBE_INTERVAL_MS });
    if (env.CHAIN_POLL_MS !== 0) await followChainOnce();
    if (env.CHAIN_POLL_MS !== 0) await runOutboxForCron();
    if (env.CHAIN_POLL_MS !== 0) await creditChargesOnce();
    if (env.CHAIN_POLL_MS !== 0) await endWithdrawalsOnce();
    return swept;
  }),
);
