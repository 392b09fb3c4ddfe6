import { encodeAbiParameters, encodeEventTopics, type Hex } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ExpectedLog } from "@/lib/outbox/intent";
import type { Authorization } from "./charge-authorization";
import type { ChargeToken } from "./charge-token";

/** The log that an authorisation leaves once its money has moved: token, payer, recipient, amount. */
export function transferOf(
  { address }: Pick<ChargeToken, "address">,
  { from, to, value }: Pick<Authorization, "from" | "to" | "value">,
): ExpectedLog {
  const topics = encodeEventTopics({ abi: testUsdcAbi, eventName: "Transfer", args: { from, to } });
  return {
    address,
    topics: topics.map((topic) => (typeof topic === "string" ? topic : null)) satisfies (Hex | null)[],
    data: encodeAbiParameters([{ type: "uint256" }], [value]),
  };
}
