// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ComputeRegistry} from "../../src/ComputeRegistry.sol";

/// @dev Refuses coin until it is told to take it.
contract Refuser {
    bool public takes;

    function setTakes(bool takes_) external {
        takes = takes_;
    }

    receive() external payable {
        require(takes, "no coin, please");
    }
}

/// @dev Burns all the gas it is given.
contract GasBurner {
    receive() external payable {
        while (true) {}
    }
}

/// @dev Answers with a megabyte, which the caller would pay for if it copied it.
contract Mountain {
    receive() external payable {
        assembly ("memory-safe") {
            revert(0, 20000)
        }
    }
}

/// @dev Tries to take more out of the registry while it is being paid.
contract Reentrant {
    ComputeRegistry private immutable REGISTRY;
    uint256 public attempts;

    constructor(ComputeRegistry registry) {
        REGISTRY = registry;
    }

    function list(string calldata model) external returns (uint256 id) {
        return REGISTRY.registerProvider(model, 1, "https://reentrant.example", 0);
    }

    function stake(uint256 id) external payable {
        REGISTRY.stakeBond{value: msg.value}(id);
    }

    function request(uint256 id, uint256 amount) external {
        REGISTRY.requestBondWithdrawal(id, amount);
    }

    function withdraw(uint256 id) external {
        REGISTRY.withdrawBond(id);
    }

    receive() external payable {
        ++attempts;
        try REGISTRY.withdrawBond(1) {} catch {}
        try REGISTRY.withdrawClaim(address(this)) {} catch {}
    }
}
