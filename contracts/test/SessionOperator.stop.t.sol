// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SessionOperator} from "../src/SessionOperator.sol";
import {SessionAccounts} from "../src/sessions/SessionAccounts.sol";
import {SessionFlows} from "../src/sessions/SessionFlows.sol";
import {GasBurningApp, IAppHost, ReentrantApp, RevertingApp} from "./sessions/Apps.sol";
import {SessionFixture} from "./sessions/SessionFixture.sol";

/// @dev The leaves of SessionOperator.tree about ending, on the real Superfluid.
contract SessionOperatorStop is SessionFixture {
    uint256 private id;

    function setUp() public override {
        super.setUp();
        id = _openSession();
    }

    // ── stopFlow ────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_TheFlowIsNotRunning() external {
        vm.prank(person);
        vm.expectRevert(abi.encodeWithSelector(SessionFlows.FlowNotRunning.selector, provider));
        operator.stopFlow(id, provider);
    }

    function test_RevertWhen_AStrangerStopsWhatIsNotDue() external {
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours - 1);
        address[2] memory strangers = [thief, provider];
        for (uint256 i; i < strangers.length; ++i) {
            vm.prank(strangers[i]);
            vm.expectRevert(abi.encodeWithSelector(SessionFlows.NotDue.selector, id));
            operator.stopFlow(id, provider);
        }
    }

    function test_WhenAPartyStopsWhatIsNotDue_ItStops() external {
        address[2] memory parties = [agent, person];
        for (uint256 i; i < parties.length; ++i) {
            _setFlow(id, provider, RATE, HOUR);
            skip(10);
            vm.prank(parties[i]);
            operator.stopFlow(id, provider);
            assertEq(_rate(person, provider), 0);
        }
        assertEq(operator.getSession(id).spent, 20 * uint256(RATE));
    }

    function test_WhenAFlowIsDue_AnybodyStopsIt() external {
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours);
        vm.prank(thief);
        operator.stopFlow(id, provider);
        assertEq(_rate(person, provider), 0);
        assertEq(token.balanceOf(provider), 3_600 * uint256(RATE));
    }

    function test_WhenAFlowHasStopped_NothingOfItIsLeftButThatItsReceiverIsAllowed() external {
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours);
        operator.stopFlow(id, provider);
        SessionAccounts.Flow memory left =
            SessionAccounts.Flow({rate: 0, since: 0, until: 0, place: 0, allowed: true});
        assertEq(abi.encode(operator.getSessionFlow(id, provider)), abi.encode(left));
    }

    // ── stopOverBudget ──────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_NothingIsDue() external {
        vm.expectRevert(abi.encodeWithSelector(SessionFlows.NotDue.selector, id));
        operator.stopOverBudget(id);
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours - 1);
        assertEq(operator.getDue(id).length, 0);
        vm.expectRevert(abi.encodeWithSelector(SessionFlows.NotDue.selector, id));
        operator.stopOverBudget(id);
    }

    function test_WhenOneFlowIsPastItsEnd_ItStopsThatOneOnly() external {
        _setFlow(id, secondProvider, RATE, START + 2 hours);
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours);
        assertEq(operator.getDue(id).length, 1);
        assertEq(operator.getDue(id)[0], provider);
        vm.prank(thief);
        assertEq(operator.stopOverBudget(id), 1);
        assertEq(_rate(person, provider), 0);
        assertEq(_rate(person, secondProvider), int96(RATE));
        assertEq(operator.getRunning(id)[0], secondProvider);
    }

    function test_WhenTheSessionIsExpired_ItStopsAll() external {
        _setFlow(id, provider, 1e12, START + 1 days);
        _setFlow(id, secondProvider, 1e12, START + 1 days);
        skip(1 days);
        assertEq(operator.getDue(id).length, 2);
        assertEq(operator.stopOverBudget(id), 2);
        _assertNothingRuns();
    }

    function test_WhenFlowsPastTheirEndsSpentTheBudget_ItStopsAll() external {
        _setFlow(id, provider, 2 * RATE, HOUR);
        _setFlow(id, secondProvider, RATE, START + 5 hours);
        // Two an hour too late and one an hour on time: 10 coins, 20,000 base units short, are gone after 3 h 20 min.
        skip(12_000);
        assertEq(operator.getSpent(id), 9_999_999_999_999_972_000);
        assertEq(operator.getDue(id).length, 1);
        skip(1);
        assertEq(operator.getDue(id).length, 2);
        assertEq(operator.stopOverBudget(id), 2);
        _assertNothingRuns();
        // Nothing opens any more.
        vm.prank(agent);
        vm.expectRevert(
            abi.encodeWithSelector(SessionFlows.BudgetTooSmall.selector, 12_001 * 3 * uint256(RATE) + 1, 10 ether)
        );
        operator.setFlow(id, provider, 1, uint64(block.timestamp + 1));
    }

    function test_WhenTheBudgetIsSpentToTheUnit_ItStopsAll() external {
        SessionAccounts.Terms memory terms = _terms();
        terms.budget = 100 * uint128(RATE);
        vm.prank(person);
        uint256 exact = operator.openSession(terms, _receivers());
        _setFlow(exact, provider, RATE, START + 1);
        _setFlow(exact, secondProvider, RATE, START + 99);
        skip(49); // The first runs on: 98 of 100 seconds are gone.
        assertEq(operator.getDue(exact).length, 1);
        skip(1);
        assertEq(operator.getSpent(exact), 100 * uint256(RATE));
        assertEq(operator.getDue(exact).length, 2);
    }

    function test_WhenAFlowWasChangedOutside_ItDropsItAndLeavesItRunning() external {
        _setFlow(id, provider, RATE, HOUR);
        _setFlow(id, secondProvider, RATE, HOUR);
        skip(10);
        _updateDirectly(person, provider, int96(3 * RATE));
        assertEq(operator.getDue(id).length, 1);
        vm.expectEmit();
        emit SessionAccounts.FlowEnded(id, provider, false, 10 * uint256(RATE));
        assertEq(operator.stopOverBudget(id), 1);
        assertEq(_rate(person, provider), int96(3 * RATE));
        assertEq(_rate(person, secondProvider), int96(RATE));
    }

    function test_WhenItComesLate_TheOverrunIsTheRateTimesTheDelay() external {
        SessionAccounts.Terms memory terms = _terms();
        terms.budget = uint128(3_600 * uint256(RATE));
        vm.prank(person);
        id = operator.openSession(terms, _receivers());
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours + 40);
        operator.stopOverBudget(id);
        assertEq(token.balanceOf(provider) - terms.budget, 40 * uint256(RATE));
        assertEq(operator.getSpent(id), 3_640 * uint256(RATE));
    }

    function test_WhenAReceiverIsAnAppThatRevertsOrBurnsGas_ItStopsNevertheless() external {
        address[] memory apps = new address[](2);
        apps[0] = address(new RevertingApp(address(host)));
        apps[1] = address(new GasBurningApp(address(host)));
        vm.prank(person);
        operator.addReceivers(id, apps);
        for (uint256 i; i < apps.length; ++i) {
            _setFlow(id, apps[i], RATE, HOUR);
        }
        _setFlow(id, provider, RATE, HOUR);
        skip(1 hours);
        assertEq(operator.stopOverBudget(id), 3);
        for (uint256 i; i < apps.length; ++i) {
            assertEq(_rate(person, apps[i]), 0);
            assertTrue(IAppHost(address(host)).isAppJailed(apps[i]));
        }
        assertEq(_rate(person, provider), 0);
    }

    function test_WhenAReceiverCallsBackWhileItsFlowEnds_ItIsRefused() external {
        ReentrantApp app = new ReentrantApp(address(host), operator);
        address[] memory apps = new address[](1);
        apps[0] = address(app);
        uint256 other = _openSession();
        vm.startPrank(person);
        operator.addReceivers(id, apps);
        operator.addReceivers(other, apps);
        vm.stopPrank();
        bytes memory close = _signFlow(agentKey, id, address(app), 0, 0, 0);
        bytes memory end = _signRevoke(personKey, other, true, 0);

        _setFlow(id, address(app), RATE, HOUR);
        operator.setFlowBySig(id, address(app), 0, 0, START + 60, close);
        _assertCalledBackInVain(app);

        _setFlow(other, address(app), RATE, HOUR);
        operator.revokeBySig(other, true, START + 60, end);
        _assertCalledBackInVain(app);

        _setFlow(id, address(app), RATE, HOUR);
        _setFlow(id, address(app), 0, 0);
        _assertCalledBackInVain(app);

        _setFlow(id, address(app), RATE, HOUR);
        vm.prank(person);
        operator.stopFlow(id, address(app));
        _assertCalledBackInVain(app);

        _setFlow(id, address(app), RATE, HOUR);
        vm.startPrank(person);
        operator.removeReceiver(id, address(app));
        operator.addReceivers(id, apps);
        vm.stopPrank();
        _assertCalledBackInVain(app);

        _setFlow(id, address(app), RATE, HOUR);
        skip(1 hours);
        operator.stopOverBudget(id);
        _assertCalledBackInVain(app);

        _setFlow(id, address(app), RATE, HOUR + 1 hours);
        vm.prank(person);
        operator.revoke(id, true);
        _assertCalledBackInVain(app);
    }

    function _assertCalledBackInVain(ReentrantApp app) private {
        assertEq(_rate(person, address(app)), 0);
        assertFalse(IAppHost(address(host)).isAppJailed(address(app)));
        assertEq(app.answer(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        app.forget();
    }

    function test_WhenThePersonIsCritical_WhatSuperfluidPaysForTheEndGoesToThePerson() external {
        _setFlow(id, provider, RATE, HOUR);
        // All but half an hour's coins go away. The buffer, four hours of the rate, stays locked.
        uint256 left = 1_800 * uint256(RATE);
        vm.startPrank(person);
        token.downgrade(uint256(_available(person)) - left);
        vm.stopPrank();
        skip(3 hours); // 2.5 hours below zero: past the half hour in which Superfluid keeps the reward
        assertLt(_available(person), 0);
        _fund(address(operator), 7); // Sent by mistake: no part of what Superfluid pays.

        operator.stopOverBudget(id);
        assertEq(_rate(person, provider), 0);
        assertEq(token.balanceOf(address(operator)), 7);
        assertEq(token.balanceOf(provider), 10_800 * uint256(RATE));
        // Four hours of buffer less two and a half, with Superfluid's rounding of the buffer to 2^32.
        uint256 buffer = 4_000_000_001_651_507_200;
        assertEq(token.balanceOf(person), buffer - 9_000 * uint256(RATE));
    }

    function test_WhenSuperfluidPaysOneUnitForTheEnd_ItGoesToThePersonToo() external {
        _setFlow(id, provider, RATE, HOUR);
        vm.startPrank(person);
        token.downgrade(uint256(_available(person)) - 1_800 * uint256(RATE));
        vm.stopPrank();
        skip(3 hours);
        _fund(address(operator), 1);
        // No second of waiting gives just one: what the token says of the operator is bent.
        bytes[] memory balances = new bytes[](2);
        (balances[0], balances[1]) = (abi.encode(0), abi.encode(1));
        vm.mockCalls(address(token), abi.encodeCall(token.balanceOf, (address(operator))), balances);
        vm.expectCall(address(token), abi.encodeCall(IERC20.transfer, (person, 1)));
        operator.stopOverBudget(id);
    }

    function test_WhenThePersonIsCriticalAndItIsEarly_TheStopStillWorks() external {
        _setFlow(id, provider, RATE, HOUR);
        vm.startPrank(person);
        token.downgrade(uint256(_available(person)) - 3_599 * uint256(RATE));
        vm.stopPrank();
        skip(1 hours);
        vm.expectCall(address(token), abi.encodeWithSelector(IERC20.transfer.selector), 0); // There is nothing to hand on.
        operator.stopOverBudget(id);
        assertEq(_rate(person, provider), 0);
        assertEq(token.balanceOf(address(operator)), 0);
        assertEq(token.balanceOf(person), 0); // the buffer is Superfluid's reward account's now
    }

    function test_RevertWhen_ThePersonTookThePermissionAway() external {
        _setFlow(id, provider, RATE, HOUR);
        _permit(person, address(operator), 3);
        skip(1 hours);
        vm.expectRevert(bytes4(0xe30f1bff)); // CFA_ACL_OPERATOR_NO_DELETE_PERMISSIONS
        operator.stopOverBudget(id);
    }

    // ── revoke ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_SomebodyElseRevokes() external {
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(SessionOperator.NotThePerson.selector, id, agent));
        operator.revoke(id, true);
    }

    function test_WhenFlowsAreToStop_TheyStopAndTheAgentCanDoNothing() external {
        _setFlow(id, provider, RATE, HOUR);
        _setFlow(id, secondProvider, RATE, HOUR);
        vm.expectEmit();
        emit SessionFlows.SessionRevoked(id);
        vm.prank(person);
        operator.revoke(id, true);
        _assertNothingRuns();
        assertTrue(operator.getSession(id).revoked);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(SessionFlows.SessionEnded.selector, id));
        operator.setFlow(id, provider, RATE, HOUR);
    }

    function test_WhenFlowsAreToBeLeft_TheyRunUntilAnybodyStopsThem() external {
        _setFlow(id, provider, RATE, HOUR);
        vm.prank(person);
        operator.revoke(id, false);
        assertEq(_rate(person, provider), int96(RATE));
        assertEq(operator.getDue(id).length, 1);
        vm.prank(thief);
        operator.stopOverBudget(id);
        _assertNothingRuns();
    }

    function test_WhenRevokedTwice_TheSecondTimeStopsWhatWasLeft() external {
        _setFlow(id, provider, RATE, HOUR);
        vm.startPrank(person);
        operator.revoke(id, false);
        vm.recordLogs();
        operator.revoke(id, false);
        assertEq(vm.getRecordedLogs().length, 0);
        operator.revoke(id, true);
        _assertNothingRuns();
    }

    function test_WhenThePermissionWasTakenAwayBefore_TheSessionEndsAllTheSame() external {
        _setFlow(id, provider, RATE, HOUR);
        _permit(person, address(operator), 0);
        vm.prank(person);
        operator.revoke(id, true);
        assertTrue(operator.getSession(id).revoked);
        assertEq(_rate(person, provider), int96(RATE));
        _deleteDirectly(person, person, provider);
        // What is left of it here can be dropped without any permission.
        operator.stopFlow(id, provider);
        assertEq(operator.getRunning(id).length, 0);
    }

    function test_WhenOneSessionEnds_AnotherOfThePersonGoesOn() external {
        uint256 other = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        _setFlow(other, secondProvider, RATE, HOUR);
        vm.prank(person);
        operator.revoke(id, true);
        assertEq(_rate(person, provider), 0);
        assertEq(_rate(person, secondProvider), int96(RATE));
        _setFlow(other, provider, RATE, HOUR);
        assertEq(_rate(person, provider), int96(RATE));
    }

    function _assertNothingRuns() private view {
        assertEq(_rate(person, provider), 0);
        assertEq(_rate(person, secondProvider), 0);
        assertEq(operator.getRunning(id).length, 0);
        assertEq(operator.getDue(id).length, 0);
    }
}
