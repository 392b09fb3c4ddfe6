import { expect, test } from "@playwright/test";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { doorContract } from "../lib/mpp/testing/door-contract";

const TOKEN = 10n ** 18n;

/** A new account that signed in over plain HTTP and took play money. */
async function newPayer(origin: string): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey());
  const { message } = await post(`${origin}/api/v1/auth/nonce`, { address: account.address });
  const signature = await account.signMessage({ message: String(message) });
  const { token } = await post(`${origin}/api/v1/auth/session`, { message, signature });
  const headers = { Authorization: `Bearer ${token}`, "Idempotency-Key": crypto.randomUUID() };
  await post(`${origin}/api/v1/wallet/faucet`, { amount: String(20n * TOKEN) }, headers);
  return account;
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${url}: ${await response.clone().text()}`).toBe(true);
  return (await response.json()) as Record<string, unknown>;
}

for (const { promise, run } of doorContract)
  test(`the paid door of the running site: ${promise}`, async ({ baseURL }) => {
    const origin = String(baseURL);
    await run({
      baseUrl: origin,
      providerId: "rheumascore",
      path: "/compute/das28-esr",
      body: '{"tenderJoints":4,"swollenJoints":5,"esrMmPerHour":44,"globalHealthMm":12}',
      refusedBody: '{"tenderJoints":-1}',
      newPayer: () => newPayer(origin),
    });
  });
