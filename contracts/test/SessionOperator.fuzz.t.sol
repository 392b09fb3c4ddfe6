// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionAccounts} from "../src/sessions/SessionAccounts.sol";
import {SessionOperator} from "../src/SessionOperator.sol";
import {SessionFlows} from "../src/sessions/SessionFlows.sol";
import {SessionFixture} from "./sessions/SessionFixture.sol";

contract SessionOperatorFuzz is SessionFixture {
    function testFuzz_strangersCanDoNothing(address caller, address receiver, uint96 rate, uint64 until) external {
        vm.assume(caller != agent && caller != person && caller != host.getERC2771Forwarder());
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, START + 1 hours);
        vm.startPrank(caller);
        vm.expectRevert(abi.encodeWithSelector(SessionOperator.NotTheAgent.selector, id, caller));
        operator.setFlow(id, receiver, rate, until);
        bytes memory refusal = abi.encodeWithSelector(SessionOperator.NotThePerson.selector, id, caller);
        vm.expectRevert(refusal);
        operator.addReceivers(id, _receivers());
        vm.expectRevert(refusal);
        operator.removeReceiver(id, provider);
        vm.expectRevert(refusal);
        operator.revoke(id, true);
        vm.expectRevert(abi.encodeWithSelector(SessionFlows.NotDue.selector, id));
        operator.stopFlow(id, provider);
        assertEq(_rate(person, provider), int96(RATE));
    }

    /// @dev A flow of any rate is taken exactly when cap and budget allow it to its end, and then moves what it should.
    function testFuzz_aFlowIsTakenExactlyWhenItFits(uint96 rate, uint32 duration, uint128 budget, uint32 late)
        external
    {
        rate = uint96(bound(rate, 1, 3 * RATE));
        duration = uint32(bound(duration, 1, 1 days + 10));
        budget = uint128(bound(budget, 1, uint256(3 * RATE) * 1 days));
        late = uint32(bound(late, 0, 1 days));
        SessionAccounts.Terms memory terms = _terms();
        terms.budget = budget;
        vm.prank(person);
        uint256 id = operator.openSession(terms, _receivers());

        bool fits = rate <= 2 * RATE && duration <= 1 days && uint256(rate) * duration <= budget;
        vm.prank(agent);
        try operator.setFlow(id, provider, rate, uint64(START + duration)) {
            assertTrue(fits);
        } catch {
            assertFalse(fits);
            return;
        }
        skip(duration);
        assertLe(token.balanceOf(provider), budget);
        skip(late);
        operator.stopOverBudget(id);
        uint256 moved = uint256(rate) * (uint256(duration) + late);
        assertEq(token.balanceOf(provider), moved);
        assertEq(operator.getSession(id).spent, moved);
        skip(1 days);
        assertEq(token.balanceOf(provider), moved);
    }

    /// @dev Four changes of the rate at any times: the account says what the receiver has, to the base unit.
    function testFuzz_theAccountIsExact(uint96[4] memory rates, uint16[4] memory pauses) external {
        uint256 id = _openSession();
        for (uint256 i; i < 4; ++i) {
            // At most 2,000 s at two coins an hour each: within the budget.
            _setFlow(id, provider, uint96(bound(rates[i], 1, 2 * RATE)), block.timestamp + 2_000);
            skip(bound(pauses[i], 0, 2_000));
            assertEq(operator.getSpent(id), token.balanceOf(provider));
        }
        vm.prank(person);
        operator.revoke(id, true);
        assertEq(operator.getSession(id).spent, token.balanceOf(provider));
    }

    /// @dev Superfluid's own maxima: a stop works however late, and the account stops counting instead of failing.
    function testFuzz_aStopNeverFailsForTheAccount(uint96 rate, uint40 late) external {
        late = uint40(bound(late, 1, type(uint32).max - START));
        // Its buffer, four hours, has to fit an int96.
        rate = uint96(bound(rate, 2e24, uint96(type(int96).max) / 14_400));
        _fund(person, uint256(rate) * 20_000);
        SessionAccounts.Terms memory terms = _terms();
        (terms.rateCap, terms.rateCapEach, terms.budget) = (rate, rate, type(uint128).max);
        vm.prank(person);
        uint256 id = operator.openSession(terms, _receivers());
        _setFlow(id, provider, rate, START + 1);
        skip(late);
        _fund(person, uint256(rate) * late);
        operator.stopOverBudget(id);
        assertEq(_rate(person, provider), 0);
        uint256 moved = uint256(rate) * late;
        assertEq(operator.getSession(id).spent, moved > type(uint128).max ? type(uint128).max : moved);
    }
}
