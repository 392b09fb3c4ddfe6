import { z } from "zod";
import { defineOperation } from "../define-operation";
import { addressOutput, amountOutput } from "../schemas";

const nonce = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,18})$/, "Give the number that you signed: at most 19 decimal digits.")
  .transform(BigInt)
  .meta({ description: "The payer's own number for a delegation.", examples: ["1"] });

export const listDelegationsOperation = defineOperation({
  id: "listDelegations",
  method: "GET",
  path: "/api/v1/delegations",
  tag: "chain",
  summary: "Which keys of agents have proved your streams, newest first, and which are revoked",
  auth: "account",
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        nonce: z.string(),
        delegate: addressOutput.nullable(),
        realm: z.string().nullable(),
        maxFlowRate: amountOutput.nullable(),
        notAfterMs: z.int().nullable(),
        createdMs: z.int(),
        revokedMs: z.int().nullable(),
      }),
    ),
  }),
});

export const revokeDelegationOperation = defineOperation({
  id: "revokeDelegation",
  method: "POST",
  path: "/api/v1/delegations/revoke",
  tag: "chain",
  summary:
    "End a delegation at once, with the sessions that it gave; one that was never used cannot be used later",
  auth: "account",
  body: z.strictObject({ nonce }),
  output: z.strictObject({ nonce: z.string(), revokedMs: z.int() }),
});
