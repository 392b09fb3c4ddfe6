// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionOperator} from "../../src/SessionOperator.sol";
import {SessionAccounts} from "../../src/sessions/SessionAccounts.sol";
import {SuperfluidFixture} from "./SuperfluidFixture.sol";

/// @dev A person with 1,000 coins who lets the operator stream for her, an agent, and providers.
abstract contract SessionFixture is SuperfluidFixture {
    /// @dev One coin an hour.
    uint96 internal constant RATE = 277_777_777_777_777;
    uint8 internal constant FULL_CONTROL = 7;

    SessionOperator internal operator;
    address internal person;
    uint256 internal personKey;
    address internal agent;
    uint256 internal agentKey;
    address internal provider = makeAddr("provider");
    address internal secondProvider = makeAddr("second provider");
    address internal thief = makeAddr("thief");

    function setUp() public virtual override {
        super.setUp();
        (person, personKey) = makeAddrAndKey("person");
        (agent, agentKey) = makeAddrAndKey("agent");
        operator = new SessionOperator(address(host), address(cfa));
        _fund(person, 1_000 ether);
        _permit(person, address(operator), FULL_CONTROL);
    }

    /// @dev 10 coins in a day, 3 an hour together and 2 each.
    function _terms() internal view returns (SessionAccounts.Terms memory) {
        return SessionAccounts.Terms({
            agent: agent,
            token: address(token),
            budget: 10 ether,
            rateCap: 3 * RATE,
            rateCapEach: 2 * RATE,
            expiry: uint64(START + 1 days)
        });
    }

    function _receivers() internal view returns (address[] memory receivers) {
        receivers = new address[](2);
        (receivers[0], receivers[1]) = (provider, secondProvider);
    }

    function _openSession() internal returns (uint256 id) {
        vm.prank(person);
        return operator.openSession(_terms(), _receivers());
    }

    function _setFlow(uint256 id, address receiver, uint96 rate, uint256 until) internal {
        vm.prank(agent);
        operator.setFlow(id, receiver, rate, uint64(until));
    }
}
