import {
  type Address,
  concat,
  createPublicClient,
  createTestClient,
  type Hex,
  http,
  keccak256,
  pad,
  size,
  toHex,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { chainClient } from "./chain-client";
import { devnetUrl } from "./devnet-url";

/** Where the code of smart accounts is on the devnet: an address of nobody. */
const IMPLEMENTATION: Address = "0x0000000000000000000000000000000000005792";

/**
 * The code of a smart account that its own key alone uses, and anybody pays coin to: carries out the calls that it is given, in order, all
 * or none. A call is its address, its value and the length of its data, 32 bytes each, and then the data.
 */
const CODE: Hex = concat([
  "0x333014361517600c575f5ffd5b", // Only itself may say something.
  "0x5f5b36811060165700", // From the first byte on, until there is none left:
  "0x5b8060400135", // how long the data is,
  "0x80826060015f37", // the data, into memory,
  "0x5f5f825f856020013586355af1", // the call, with all gas.
  "0x603a573d5f5f3e3d5ffd", // What refuses it refuses all.
  "0x5b01606001600e56", // The next one is behind the data.
]);

const METHODS = new Set(["wallet_getCapabilities", "wallet_sendCalls", "wallet_getCallsStatus"]);

type Reply = { result: unknown } | { error: { code: number; message: string } };
type BatchedCall = { to: Address; data?: Hex; value?: Hex };

/**
 * What a smart wallet does with EIP-5792: its key's address gets code (EIP-7702), and one transaction of that account to itself carries out
 * all of the calls. With `held`, it is put there instead of being sent.
 */
export class SmartAccount {
  /** Hashes of transactions by the names that the page was given. */
  readonly #sent = new Map<string, Hex>();

  constructor(
    private readonly account: PrivateKeyAccount,
    private readonly held: Hex[] | undefined,
  ) {}

  knows(method: string): boolean {
    return METHODS.has(method);
  }

  async answer(method: string, [first]: unknown[]): Promise<Reply> {
    if (method === "wallet_getCapabilities")
      return { result: { [toHex(foundry.id)]: { atomic: { status: "supported" } } } };
    if (method === "wallet_getCallsStatus") return { result: await this.#status(String(first)) };
    const { calls, atomicRequired } = first as { calls: BatchedCall[]; atomicRequired: boolean };
    if (!atomicRequired)
      return { error: { code: -32602, message: "It does all or none, and was not asked to." } };
    const raw = await this.#sign(calls);
    if (this.held) this.held.push(raw);
    else await chainClient(this.account).sendRawTransaction({ serializedTransaction: raw });
    const id = `batch ${this.#sent.size + 1} of ${this.account.address}`;
    this.#sent.set(id, keccak256(raw));
    return { result: { id } };
  }

  async #sign(calls: readonly BatchedCall[]): Promise<Hex> {
    await devnet().setCode({ address: IMPLEMENTATION, bytecode: CODE });
    const client = chainClient(this.account);
    const nonce = await client.getTransactionCount({ address: this.account.address });
    const authorization = await this.account.signAuthorization({
      ...{ chainId: foundry.id, contractAddress: IMPLEMENTATION },
      nonce: nonce + 1, // The transaction of the same key comes first.
    });
    const request = await client.prepareTransactionRequest({
      to: this.account.address,
      data: concat(calls.map(encode)),
      authorizationList: [authorization],
      ...{ gas: 2_000_000n, nonce },
    });
    return client.signTransaction(request);
  }

  async #status(id: string): Promise<object> {
    const of = { version: "2.0.0", id, chainId: toHex(foundry.id), atomic: true };
    const hash = this.#sent.get(id);
    if (!hash) return { ...of, status: 400 };
    const client = createPublicClient({ chain: foundry, transport: http(devnetUrl()) });
    const receipt = await client.request({ method: "eth_getTransactionReceipt", params: [hash] });
    if (!receipt) return { ...of, status: 100 };
    return { ...of, status: receipt.status === "0x1" ? 200 : 500, receipts: [receipt] };
  }
}

function encode({ to, data = "0x", value = "0x0" }: BatchedCall): Hex {
  return concat([pad(to), pad(value), pad(toHex(size(data))), data]);
}

function devnet() {
  return createTestClient({ chain: foundry, mode: "anvil", transport: http(devnetUrl()) });
}
