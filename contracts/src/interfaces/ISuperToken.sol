// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What this project asks a Super Token, written from its ABI (version 1.15)
interface ISuperToken is IERC20 {
    /// @return the Superfluid host that may change its balances
    function getHost() external view returns (address);

    /// @return available what the account can use, base units; below zero its flows can be liquidated
    /// @return deposit what its flows lock
    /// @return owedDeposit what apps borrow of that
    /// @return timestamp of the block, seconds
    function realtimeBalanceOfNow(address account)
        external
        view
        returns (int256 available, uint256 deposit, uint256 owedDeposit, uint256 timestamp);
}
