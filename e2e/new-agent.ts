import { expect } from "@playwright/test";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";

export type Agent = { account: PrivateKeyAccount; bearer: string };

/** An agent as it starts: a key, a session by SIWE over plain HTTP, and 10 USDCx of play money. */
export async function newAgent(origin: string): Promise<Agent> {
  const account = privateKeyToAccount(generatePrivateKey());
  const { message } = await post(`${origin}/api/v1/auth/nonce`, { address: account.address });
  const signature = await account.signMessage({ message: String(message) });
  const { token } = await post(`${origin}/api/v1/auth/session`, { message, signature });
  const bearer = `Bearer ${token}`;
  await post(`${origin}/api/v1/wallet/faucet`, { amount: String(10n ** 19n) }, { Authorization: bearer });
  return { account, bearer };
}

/** A POST that must succeed, under a key of its own. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), ...headers },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${url}: ${await response.clone().text()}`).toBe(true);
  return (await response.json()) as Record<string, unknown>;
}
