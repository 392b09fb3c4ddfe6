// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What this project calls of Superfluid's host, written from its ABI (version 1.15)
interface ISuperfluidHost {
    /// @notice Calls an agreement as the caller of this function.
    /// @param callData the agreement's function, whose last argument, the context, is empty bytes: the host fills it in
    /// @param userData goes into the agreement's event as it is
    function callAgreement(address agreement, bytes calldata callData, bytes calldata userData)
        external
        returns (bytes memory returned);

    /// @return the contract that calls on for a person in a `batchCall` (operation 302) and appends who it is
    function getERC2771Forwarder() external view returns (address);
}
