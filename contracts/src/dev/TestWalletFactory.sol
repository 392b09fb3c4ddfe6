// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestWallet} from "./TestWallet.sol";

/// @title A factory of smart accounts for tests of the local chain
/// @notice Puts a wallet of an owner at an address that is known before.
contract TestWalletFactory {
    function create(address owner, bytes32 salt) external returns (address) {
        return address(new TestWallet{salt: salt}(owner));
    }
}
