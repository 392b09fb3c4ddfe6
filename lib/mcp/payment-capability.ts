import "server-only";
import { readPaymentWays } from "@/lib/mpp/payment-ways";
import type { PaymentCapability } from "./create-mcp-server";

/** What the doors of this site take, as the payment binding lists it (draft-payment-transport-mcp-00, capability advertisement). */
export async function paymentCapability(): Promise<PaymentCapability> {
  const { chain, charge } = await readPaymentWays();
  const streams = { intents: ["stream"] };
  return {
    methods: {
      ledger: streams,
      ...(chain?.terms.superfluid ? { superfluid: streams } : {}),
      ...(chain?.terms.streampay ? { streampay: streams } : {}),
      ...(charge ? { evm: { intents: ["charge"] } } : {}),
    },
  };
}
