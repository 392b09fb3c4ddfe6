import { type Address, concat, getContractAddress, type Hex, keccak256, stringToHex } from "viem";

/** The deployer that stands at this address on every chain. @see https://github.com/Arachnid/deterministic-deployment-proxy */
export const CREATE2_DEPLOYER: Address = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/** Ours for all contracts: what they are is in their code, so equal code is at equal addresses on all chains. */
const SALT = keccak256(stringToHex("superstream"));

/** Where the deployer puts this code: a function of nothing else. @see EIP-1014 */
export function create2Address(initCode: Hex): Address {
  return getContractAddress({ opcode: "CREATE2", from: CREATE2_DEPLOYER, salt: SALT, bytecode: initCode });
}

/** What the deployer is sent. */
export function create2Input(initCode: Hex): Hex {
  return concat([SALT, initCode]);
}
