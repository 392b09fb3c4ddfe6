import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { streamFetch } from "../../agents/client/stream-fetch";

const TOKEN = 10n ** 18n;

export type RealPayer = Awaited<ReturnType<typeof realPayer>>;

/** Somebody who came over HTTP: a key, a session by SIWE, 10 USDCx of play money, and `pay`, which answers a 402 with a stream. */
export async function realPayer(url: string, network: typeof fetch = fetch) {
  const post = poster(network);
  const account = privateKeyToAccount(generatePrivateKey());
  const { message } = await post(`${url}/api/v1/auth/nonce`, { address: account.address });
  const signature = await account.signMessage({ message: String(message) });
  const { token } = await post(`${url}/api/v1/auth/session`, { message, signature });
  const bearer = `Bearer ${token}`;
  await post(`${url}/api/v1/wallet/faucet`, { amount: String(10n * TOKEN) }, { Authorization: bearer });
  const caps = { maxRatePerDay: 20n * TOKEN, maxDeposit: 5n * TOKEN, maxTotal: 5n * TOKEN };
  return {
    account,
    bearer,
    token: String(token),
    pay: streamFetch({ account, caps, fetch: network }),
    post: (path: string, body: unknown) => post(`${url}${path}`, body, { Authorization: bearer }),
  };
}

/** @throws Error unless it is answered with 2xx */
function poster(network: typeof fetch) {
  return async (
    url: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Record<string, unknown>> => {
    const response = await network(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(), ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
}
