import { z } from "zod";
import { defineOperation } from "../define-operation";
import { addressOutput, amountOutput, amountString, assetOutput, limit, withdrawalId } from "../schemas";

const withdrawalOutput = z
  .strictObject({
    id: z.string(),
    state: z.enum(["waiting", "sent", "confirmed", "paid", "failed", "returned"]).meta({
      description:
        "`waiting`: not sent yet. `sent`. `confirmed`: in a block that is deep enough to rely on. `paid`: for good. `failed`: it comes back soon after `untilMs`, once the chain shows for good that it was not paid. `returned`: it is back in the wallet.",
    }),
    asset: assetOutput,
    debited: amountOutput.meta({ description: "Base units of the ledger that left the wallet." }),
    left: amountOutput.meta({
      description:
        "Base units of the ledger that were asked for, are less than a unit of the token, and stayed in the wallet.",
    }),
    token: assetOutput,
    amount: amountOutput.meta({ description: "Base units of the token that are paid." }),
    chainId: z.int(),
    to: addressOutput,
    createdMs: z.int(),
    untilMs: z.int().meta({ description: "It is paid before this moment or never; Unix milliseconds." }),
    transaction: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/)
      .nullable(),
    trouble: z.string().nullable().meta({ description: "Why it does not go on, or failed." }),
  })
  .meta({ id: "Withdrawal" });

export const withdrawCreditOperation = defineOperation({
  id: "withdrawCredit",
  method: "POST",
  path: "/api/v1/wallet/withdraw",
  tag: "wallet",
  summary:
    "Take credit out to the chain: the dollar token, to the address of the wallet and no other; what single payments bought, and no play money",
  auth: "account",
  rate: "relay",
  keyed: true,
  body: z.strictObject({
    amount: amountString(1n).meta({
      description:
        "Base units of the ledger. Rounded down to whole units of the token (10^12 for USDC); what is left over stays in the wallet. At least a tenth of a dollar.",
    }),
  }),
  output: withdrawalOutput,
  problems: [
    "not-available-here",
    "insufficient-balance",
    "wallet/not-backed",
    "idempotency-conflict",
    "request-in-progress",
    "unavailable",
  ],
});

export const listWithdrawalsOperation = defineOperation({
  id: "listWithdrawals",
  method: "GET",
  path: "/api/v1/wallet/withdrawals",
  tag: "wallet",
  summary: "What your wallet can take to the chain now, and its last withdrawals, newest first",
  auth: "account",
  query: z.strictObject({ limit: limit.optional() }),
  output: z.strictObject({
    withdrawable: z
      .strictObject({
        ...{ asset: assetOutput, token: assetOutput, chainId: z.int() },
        available: amountOutput.meta({
          description: "The lesser of balance and backing, in whole units of the token.",
        }),
        balance: amountOutput,
        backing: amountOutput.meta({
          description:
            "What single payments of all payers brought to the server's account, less what was withdrawn.",
        }),
        minimum: amountOutput,
      })
      .nullable()
      .meta({ description: "Null where nothing can be withdrawn: no chain, or no account to pay from." }),
    items: z.array(withdrawalOutput),
  }),
  problems: ["unavailable"],
});

export const getWithdrawalOperation = defineOperation({
  id: "getWithdrawal",
  method: "GET",
  path: "/api/v1/wallet/withdrawals/{withdrawalId}",
  tag: "wallet",
  summary: "How far a withdrawal of yours has come",
  auth: "account",
  params: z.strictObject({ withdrawalId }),
  output: withdrawalOutput,
});
