import { Credential, Errors, evm as evmAssets, Method, Receipt, Store, z } from "mppx";
import { evm as evmClient } from "mppx/client";
import { evm, Mppx } from "mppx/server";
import { privateKeyToAccount } from "viem/accounts";

/** Public: it protects nothing but a benchmark. */
const SECRET = "superstream-benchmark-of-stock-mppx-protects-nothing";
const REALM = "bench.localhost";
const TTL_MS = 3_600_000;
const RECEIVER = `0x${"b".repeat(40)}` as const;
const payer = privateKeyToAccount(`0x${"11".repeat(32)}`);

/**
 * How a call is paid one by one. `evm` is mppx's own method for any EVM chain: an EIP-3009 authorisation, signed anew for each call
 * and checked by recovering its signer; what it settles with is ours, and takes no time. `unsigned` is the least a per-call
 * credential can be: a challenge, bound by HMAC and used once, that nobody has signed.
 */
export type ChargeKind = "evm" | "unsigned";

const unsigned = Method.from({
  name: "unsigned",
  intent: "charge",
  schema: {
    request: z.object({ amount: z.string(), currency: z.string(), recipient: z.string(), nonce: z.string() }),
    credential: { payload: z.object({ type: z.literal("accepted") }) },
  },
});

/** A stock mppx server with both methods, each credential good for one call by an in-memory store. */
function createChargeServer() {
  const store = Store.memory();
  const claim = async (id: string) => {
    if (!(await Store.tryClaim(store, `used:${id}`, Date.now() + TTL_MS)))
      throw new Errors.InvalidChallengeError({ reason: "used before" });
    return { reference: id };
  };
  return Mppx.create({
    realm: REALM,
    secretKey: SECRET,
    methods: [
      evm.charge({
        currency: evmAssets.assets.baseSepolia.USDC,
        recipient: RECEIVER,
        settle: ({ credential }) => claim(credential.challenge.id),
      }),
      Method.toServer(unsigned, {
        async verify({ credential }) {
          const { reference } = await claim(credential.challenge.id);
          return Receipt.from({
            method: "unsigned",
            reference,
            status: "success",
            timestamp: new Date().toISOString(),
          });
        },
      }),
    ],
  });
}

const EVM_PRICE = { amount: "0.05" };
const UNSIGNED_PRICE = { amount: "50000", currency: "USD", recipient: RECEIVER };

/** Answers a paid call: 402 without a credential, 200 with a fresh one. */
export function chargeHandler(kind: ChargeKind): (request: Request) => Promise<Response> {
  const server = createChargeServer();
  const charge =
    kind === "evm"
      ? server.evm.charge(EVM_PRICE)
      : server.unsigned.charge({ ...UNSIGNED_PRICE, nonce: "any" });
  return async (request) => {
    const payment = await charge(request);
    if (payment.status === 402) return payment.challenge as Response;
    return payment.withReceipt(Response.json({ ok: true }));
  };
}

/** As many credentials, each for one call: values of `Authorization`. Signing is the caller's cost, so it is done before. */
export async function prepareCredentials(kind: ChargeKind, count: number): Promise<string[]> {
  const server = createChargeServer();
  const client = evmClient.charge({ account: payer, currencies: [evmAssets.assets.baseSepolia.USDC] });
  const prepared: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const expires = new Date(Date.now() + TTL_MS + n).toISOString(); // A millisecond apart: no two challenges are alike.
    if (kind === "evm") {
      const challenge = await server.challenge.evm.charge({ ...EVM_PRICE, expires });
      prepared.push(await client.createCredential({ challenge, context: {} } as never));
    } else {
      const challenge = await server.challenge.unsigned.charge({ ...UNSIGNED_PRICE, nonce: "any", expires });
      prepared.push(Credential.serialize(Credential.from({ challenge, payload: { type: "accepted" } })));
    }
  }
  return prepared;
}
