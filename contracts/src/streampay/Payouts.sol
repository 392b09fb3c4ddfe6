// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IStreamPay} from "./IStreamPay.sol";

/// @title Payments that cannot block each other
/// @notice A payment is pushed. One that fails, because a token blacklists the account or its code refuses, burns its gas or
///         answers with a bomb, becomes that account's claim; whoever else is paid in the same call never notices.
abstract contract Payouts is IStreamPay, ReentrancyGuardTransient {
    /// @notice The address that stands for the native coin.
    address public constant NATIVE = address(0);
    /// @notice Gas that a payment in the native coin may use: enough for a Safe or an ERC-4337 account behind a proxy.
    uint256 public constant NATIVE_PUSH_GAS = 30_000;
    /// @notice Gas that an ERC-20 transfer may use: a Super Token with flows takes 190,000.
    uint256 public constant TOKEN_PUSH_GAS = 300_000;

    /// @dev What the call itself may cost besides: a cold account (2,600), a value (9,000), a new account (25,000).
    uint256 private constant CALL_COST = 40_000;

    /// @notice Base units of `token` (0 is the native coin) that `account` can fetch with `claim`.
    mapping(address token => mapping(address account => uint256 amount)) public claimable;

    /// @notice Fetches the payments that did not reach the caller.
    /// @param to who gets them: the caller alone decides, so that a blacklisted account is not stuck
    /// @return amount base units paid
    /// Reverts with NothingToClaim, RecipientInvalid, TransferFailed.
    function claim(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = claimable[token][msg.sender];
        if (amount == 0) revert NothingToClaim(token, msg.sender);
        claimable[token][msg.sender] = 0;
        emit Claimed(token, msg.sender, to, amount);
        _payOrRevert(token, to, amount);
    }

    /// @dev Pays, or makes a claim of it. Call it after all state is written.
    function _push(address token, address to, uint256 amount) internal {
        if (amount == 0) return;
        uint256 gasLimit = token == NATIVE ? NATIVE_PUSH_GAS : TOKEN_PUSH_GAS;
        // A caller could starve the payment of gas to make it fail (EIP-150 passes on 63/64 of what is left).
        bool wellSupplied = gasleft() > (gasLimit * 64) / 63 + CALL_COST;
        if (_pay(token, to, amount, gasLimit)) return;
        if (!wellSupplied) revert GasTooLow(gasLimit);
        claimable[token][to] += amount;
        emit ClaimCreated(token, to, amount);
    }

    /// @dev Pays somebody whose own call this is: a failure harms nobody else, and they can name another address.
    function _payOrRevert(address token, address to, uint256 amount) internal {
        if (to == address(0) || to == address(this)) revert RecipientInvalid(to);
        if (!_pay(token, to, amount, gasleft())) revert TransferFailed(token, to, amount);
    }

    /// @return ok whether the payment arrived, as far as the receiver or the token says. Nothing they return is copied but
    ///         one word of a token's answer.
    function _pay(address token, address to, uint256 amount, uint256 gasLimit) private returns (bool ok) {
        if (token == NATIVE) {
            assembly ("memory-safe") {
                ok := call(gasLimit, to, amount, 0, 0, 0, 0)
            }
            return ok;
        }
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        assembly ("memory-safe") {
            ok := call(gasLimit, token, 0, add(data, 0x20), mload(data), 0, 0x20)
            switch returndatasize()
            // Some tokens answer nothing; so does an address without code, which pays nobody.
            case 0 { ok := and(ok, gt(extcodesize(token), 0)) }
            default { ok := and(ok, and(gt(returndatasize(), 0x1f), eq(mload(0), 1))) }
        }
    }
}
