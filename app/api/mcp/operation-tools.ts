import * as provider from "@/app/api/v1/providers/[providerId]/route";
import * as cheapest from "@/app/api/v1/providers/cheapest/route";
import * as providers from "@/app/api/v1/providers/route";
import * as receipt from "@/app/api/v1/receipts/[requestId]/route";
import * as service from "@/app/api/v1/registry/services/[serviceId]/route";
import * as services from "@/app/api/v1/registry/services/route";
import * as closeStream from "@/app/api/v1/streams/[streamId]/close/route";
import * as stream from "@/app/api/v1/streams/[streamId]/route";
import * as topUp from "@/app/api/v1/streams/[streamId]/top-up/route";
import * as plan from "@/app/api/v1/streams/plan/route";
import * as planClose from "@/app/api/v1/streams/plan-close/route";
import * as streams from "@/app/api/v1/streams/route";
import * as faucet from "@/app/api/v1/wallet/faucet/route";
import * as wallet from "@/app/api/v1/wallet/route";
import { env } from "@/lib/env";
import {
  creditWalletOperation,
  getReceiptOperation,
  getWalletOperation,
} from "@/lib/http/operations/account-operations";
import {
  findCheapestProviderOperation,
  getProviderOperation,
  listProvidersOperation,
} from "@/lib/http/operations/market-operations";
import { getServiceOperation, listServicesOperation } from "@/lib/http/operations/registry-operations";
import {
  closeStreamOperation,
  openStreamOperation,
  topUpStreamOperation,
} from "@/lib/http/operations/stream-change-operations";
import { getStreamOperation, listStreamsOperation } from "@/lib/http/operations/stream-operations";
import { planCloseOperation, planStreamOperation } from "@/lib/http/operations/stream-plan-operations";
import { operationTool } from "@/lib/mcp/operation-tool";
import type { Tool } from "@/lib/mcp/tool";

/** The operations that an agent needs as tools, each answered by the route of its own that HTTP has. */
export function operationTools(): Tool[] {
  return [
    operationTool(listProvidersOperation, { name: "list_providers", route: providers.GET }),
    operationTool(findCheapestProviderOperation, { name: "find_cheapest_provider", route: cheapest.GET }),
    operationTool(getProviderOperation, { name: "get_provider", route: provider.GET }),
    operationTool(listServicesOperation, { name: "list_services", route: services.GET }),
    operationTool(getServiceOperation, { name: "get_service", route: service.GET }),
    operationTool(planStreamOperation, { name: "plan_stream", route: plan.POST, reads: true }),
    operationTool(planCloseOperation, { name: "plan_close", route: planClose.POST, reads: true }),
    operationTool(openStreamOperation, {
      name: "open_stream",
      route: streams.POST,
      description: "Open a stream on the ledger from your wallet's balance",
    }),
    operationTool(topUpStreamOperation, { name: "top_up_stream", route: topUp.POST }),
    operationTool(closeStreamOperation, { name: "close_stream", route: closeStream.POST }),
    operationTool(listStreamsOperation, { name: "list_streams", route: streams.GET }),
    operationTool(getStreamOperation, { name: "get_stream", route: stream.GET }),
    operationTool(getWalletOperation, { name: "get_wallet", route: wallet.GET }),
    ...(env.NETWORK === "devnet"
      ? [operationTool(creditWalletOperation, { name: "get_play_money", route: faucet.POST })]
      : []),
    operationTool(getReceiptOperation, { name: "verify_receipt", route: receipt.GET }),
  ];
}
