// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A smart account for tests of the local chain
/// @notice Owners sign for it (ERC-1271) and use it. As the code of a key's own address (EIP-7702) it has no owner but that key.
contract TestWallet {
    mapping(address owner => bool) public owners;

    error NotOwner(address caller);

    constructor(address owner) {
        owners[owner] = true;
    }

    modifier onlyOwner() {
        if (!owners[msg.sender] && msg.sender != address(this)) revert NotOwner(msg.sender);
        _;
    }

    function setOwner(address owner, bool allowed) external onlyOwner {
        owners[owner] = allowed;
    }

    function execute(address to, uint256 value, bytes calldata data) external onlyOwner returns (bytes memory) {
        (bool done, bytes memory answer) = to.call{value: value}(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        return answer;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(hash, signature);
        bool good = problem == ECDSA.RecoverError.NoError && (owners[signer] || signer == address(this));
        return good ? this.isValidSignature.selector : bytes4(0xffffffff);
    }

    receive() external payable {}
}
