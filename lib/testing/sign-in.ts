import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createNonceOperation, createSessionOperation } from "@/lib/http/operations/auth-operations";
import { answerOf } from "./call-operation";

/** A fresh account that went the whole way of signing in: nonce, signed message, session. */
export async function signIn(key = generatePrivateKey()) {
  const account = privateKeyToAccount(key);
  const { message } = await answerOf<{ message: string }>(createNonceOperation, {
    json: { address: account.address },
  });
  const signature = await account.signMessage({ message });
  const { token } = await answerOf<{ token: string }>(createSessionOperation, {
    json: { message, signature },
  });
  return { account, address: account.address.toLowerCase(), token };
}
