import { type Address, type Hex, isAddressEqual, numberToHex, parseEther } from "viem";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import type { Snapshot } from "./build-snapshot";

const EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
const NO_HASH: Hex = `0x${"00".repeat(32)}`;
const NOBODY: Hex = `0x${"00".repeat(20)}`;
const BASE_FEE = 1_000_000_000;
const GAS_LIMIT = 30_000_000;

/**
 * The state, as anvil's `--load-state` reads it, of a chain whose first block stands on a snapshot. That block is number 1:
 * block 0 is anvil's own, another one at each start.
 *
 * @param options.timestamp of the first block, Unix seconds
 * @param options.identity 32 random bytes, so that the first block's hash tells this chain from any other
 */
export function newState({ accounts }: Snapshot, options: { timestamp: bigint; identity: Hex }): string {
  const number = numberToHex(DEVNET.startBlock);
  const timestamp = numberToHex(options.timestamp);
  const header = {
    parentHash: NO_HASH,
    sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    miner: NOBODY,
    stateRoot: EMPTY_ROOT,
    transactionsRoot: EMPTY_ROOT,
    receiptsRoot: EMPTY_ROOT,
    logsBloom: `0x${"00".repeat(256)}`,
    difficulty: "0x0",
    number,
    gasLimit: numberToHex(GAS_LIMIT),
    gasUsed: "0x0",
    timestamp,
    extraData: options.identity,
    mixHash: NO_HASH,
    nonce: "0x0000000000000000",
    baseFeePerGas: numberToHex(BASE_FEE),
    withdrawalsRoot: EMPTY_ROOT,
    blobGasUsed: "0x0",
    excessBlobGas: "0x0",
    parentBeaconBlockRoot: NO_HASH,
    requestsHash: "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  };
  return JSON.stringify({
    block: {
      number,
      beneficiary: NOBODY,
      timestamp,
      gas_limit: GAS_LIMIT,
      basefee: BASE_FEE,
      difficulty: "0x0",
      prevrandao: NO_HASH,
      blob_excess_gas_and_price: { excess_blob_gas: 0, blob_gasprice: 1 },
      slot_num: 0,
    },
    accounts: { ...accounts, ...richFaucet(accounts) },
    best_block_number: DEVNET.startBlock,
    blocks: [{ header, transactions: [], ommers: [], withdrawals: null }],
    transactions: [],
    historical_states: null,
  });
}

/** Anvil gives its own accounts 10,000 coins; the faucet gives 10 to each wallet that asks. */
function richFaucet(accounts: Snapshot["accounts"]): Snapshot["accounts"] {
  const [address, account] =
    Object.entries(accounts).find(([address]) => isAddressEqual(address as Address, DEVNET.faucet)) ?? [];
  if (!account) throw new Error("The snapshot has no faucet.");
  return { [address as Address]: { ...account, balance: numberToHex(parseEther("1000000000")) } };
}
