import type { GrantedRequest, grantChecker } from "./check-grant";
import type { Authorise, Paid, Shown } from "./payment";
import { Refusal } from "./refusal";

/**
 * Who pays for a call, decided before the model is asked:
 *
 *     Stream-Grant beside another payment   → 400
 *     Stream-Grant                          → holds for this request, unused: served; else 403
 *     a credential or a session             → the marketplace decides: served, or its refusal
 *     nothing                               → the marketplace's 402 with a challenge
 */
export function authoriseCalls(tools: {
  checkGrant: ReturnType<typeof grantChecker>;
  direct: Authorise;
}): Authorise {
  return async (shown) => {
    const grant = shown.header("stream-grant");
    if (grant === null) return tools.direct(shown);
    if (shown.header("authorization") ?? shown.header("stream-session"))
      throw new Refusal("two-payments", "Send a grant or a payment of your own, not both.");
    return { paid: doorPaid(await tools.checkGrant(grant, granted(shown))) };
  };
}

function granted({ method, path, digest }: Shown): GrantedRequest {
  return { method, path, digest };
}

/** The door has authorised the call, settles it and writes the receipt. */
function doorPaid(grant: Pick<Paid, "requestId" | "streamId" | "payer" | "runwayMs">): Paid {
  return { ...grant, headers: {}, opening: null, settle: async () => null };
}
