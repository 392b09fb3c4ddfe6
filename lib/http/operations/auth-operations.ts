import { z } from "zod";
import { defineOperation } from "../define-operation";
import { address, addressOutput, instant, text } from "../schemas";

/** Signing in: EIP-4361 (SIWE), one signature, an opaque token. */
export const createNonceOperation = defineOperation({
  id: "createNonce",
  method: "POST",
  path: "/api/v1/auth/nonce",
  tag: "auth",
  summary: "Get a nonce and, given an address, the message to sign",
  auth: "none",
  rate: "signIn",
  body: z.strictObject({ address: address.optional() }),
  status: 201,
  output: z.strictObject({
    nonce: z.string(),
    domain: z.string(),
    uri: z.string(),
    version: z.literal("1"),
    chainId: z.int(),
    statement: z.string(),
    issuedAt: instant,
    expirationTime: instant,
    expiresAt: instant,
    message: z.string().nullable(),
  }),
});

export const createSessionOperation = defineOperation({
  id: "createSession",
  method: "POST",
  path: "/api/v1/auth/session",
  tag: "auth",
  summary: "Sign in with a signed message; the token also arrives as a cookie",
  auth: "none",
  rate: "signIn",
  body: z.strictObject({
    message: text(1, 4096),
    signature: z
      .string()
      .max(6_146)
      // 65 bytes of a key, or what a smart account takes (ERC-1271).
      .regex(
        /^0x(?:[0-9a-fA-F]{2})+$/,
        "Give a signature: 0x and an even number of hex digits, at most 3 kB.",
      )
      .transform((hex) => hex as `0x${string}`),
  }),
  status: 201,
  output: z.strictObject({ token: z.string(), address: addressOutput, expiresAt: instant }),
  problems: ["invalid-signature", "forbidden-origin"],
});

export const getSessionOperation = defineOperation({
  id: "getSession",
  method: "GET",
  path: "/api/v1/auth/session",
  tag: "auth",
  summary: "Who is signed in",
  auth: "account",
  output: z.strictObject({ address: addressOutput, expiresAt: instant }),
});

export const deleteSessionOperation = defineOperation({
  id: "deleteSession",
  method: "DELETE",
  path: "/api/v1/auth/session",
  tag: "auth",
  summary: "Sign out everywhere that this token is used",
  auth: "account",
  output: z.strictObject({ status: z.literal("signed-out") }),
});
