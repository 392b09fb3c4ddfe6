// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionFixture} from "./sessions/SessionFixture.sol";

contract SessionOperatorTest is SessionFixture {
    function test_smoke() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, START + 1 hours);
        assertEq(_rate(person, provider), int96(RATE));
        skip(100);
        _setFlow(id, provider, 2 * RATE, START + 1 hours);
        skip(100);
        assertEq(token.balanceOf(provider), 300 * uint256(RATE));
        assertEq(operator.getSpent(id), 300 * uint256(RATE));
        skip(1 hours);
        operator.stopOverBudget(id);
        assertEq(_rate(person, provider), 0);
    }
}
