// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What this project calls of Superfluid's constant flow agreement, written from its ABI (version 1.15)
/// @notice Rates are base units of the Super Token per second. There is one flow per token, sender and receiver.
interface IConstantFlowAgreement {
    function createFlowByOperator(address token, address sender, address receiver, int96 flowRate, bytes calldata ctx)
        external
        returns (bytes memory newCtx);

    function updateFlowByOperator(address token, address sender, address receiver, int96 flowRate, bytes calldata ctx)
        external
        returns (bytes memory newCtx);

    function deleteFlowByOperator(address token, address sender, address receiver, bytes calldata ctx)
        external
        returns (bytes memory newCtx);

    /// @return timestamp block time of the last change, seconds; 0 without a flow
    /// @return flowRate 0 without a flow
    /// @return deposit what the sender locks
    /// @return owedDeposit what the receiver's app borrows of it
    function getFlow(address token, address sender, address receiver)
        external
        view
        returns (uint256 timestamp, int96 flowRate, uint256 deposit, uint256 owedDeposit);

    /// @return flowOperatorId where the agreement keeps it
    /// @return permissions sum of 1 create, 2 update, 4 delete
    /// @return flowRateAllowance what rates may still grow by; the greatest int96 is not used up
    function getFlowOperatorData(address token, address sender, address flowOperator)
        external
        view
        returns (bytes32 flowOperatorId, uint8 permissions, int96 flowRateAllowance);
}
