// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC3009} from "./IERC3009.sol";
import {IStreamPay} from "./IStreamPay.sol";

/// @title Tokens that come in: by the caller's allowance, or by an authorisation that their holder signed
/// @notice What has arrived is measured: a token that takes a fee, or pays nothing and says it did, is refused.
/// @dev A stream is written before its money comes: the guard of `StreamPay` keeps everybody else out until it has.
abstract contract Deposits is IStreamPay {
    using SafeERC20 for IERC20;

    function _takeAllowance(address token, uint256 amount) internal {
        uint256 held = _held(token);
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _checkReceived(token, held, amount);
    }

    function _takeAuthorized(address from, address token, uint256 amount, bytes32 nonce, Authorization calldata signed)
        internal
    {
        uint256 held = _held(token);
        IERC3009(token)
            .receiveWithAuthorization(
                from, address(this), amount, signed.validAfter, signed.validBefore, nonce, signed.signature
            );
        _checkReceived(token, held, amount);
    }

    function _checkReceived(address token, uint256 held, uint256 amount) private view {
        uint256 received = _held(token) - held;
        if (received != amount) revert DepositMismatch(token, amount, received);
    }

    /// @dev Also what tells an address without code from a token.
    function _held(address token) private view returns (uint256) {
        if (token.code.length == 0) revert TokenInvalid(token);
        return IERC20(token).balanceOf(address(this));
    }
}
