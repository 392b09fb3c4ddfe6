// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What this project asks a Super Token, written from its ABI (version 1.15)
interface ISuperToken {
    /// @return the Superfluid host that may change its balances
    function getHost() external view returns (address);
}
