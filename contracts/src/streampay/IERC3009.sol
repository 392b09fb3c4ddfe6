// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The part of ERC-3009 that StreamPay calls, as Circle's USDC has it since version 2.2
interface IERC3009 {
    /// @notice Moves `value` from `from`, who signed, to `to`, who must be the caller.
    /// @param validAfter seconds: valid later than this
    /// @param validBefore seconds: valid earlier than this
    /// @param nonce any 32 bytes, used once for each `from`
    /// @param signature 65 bytes of a key, or whatever the account's code accepts (ERC-1271)
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}
