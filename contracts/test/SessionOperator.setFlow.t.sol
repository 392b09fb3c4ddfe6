// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {SessionOperator} from "../src/SessionOperator.sol";
import {SessionAccounts} from "../src/sessions/SessionAccounts.sol";
import {SessionFlows} from "../src/sessions/SessionFlows.sol";
import {CallingApp} from "./sessions/Apps.sol";
import {SessionFixture} from "./sessions/SessionFixture.sol";

/// @dev The leaves of SessionOperator.tree about setting flows, on the real Superfluid.
contract SessionOperatorSetFlow is SessionFixture {
    function test_RevertWhen_TheSessionDoesNotExist() external {
        _expectFlowRefusal(9, provider, RATE, HOUR, abi.encodeWithSelector(SessionAccounts.SessionUnknown.selector, 9));
        vm.expectRevert(abi.encodeWithSelector(SessionAccounts.SessionUnknown.selector, 9));
        operator.getSession(9);
    }

    function test_RevertWhen_TheCallerIsNotTheAgent() external {
        uint256 id = _openSession();
        address[3] memory others = [thief, person, provider];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(SessionOperator.NotTheAgent.selector, id, others[i]));
            operator.setFlow(id, provider, RATE, HOUR);
        }
    }

    function test_RevertWhen_TheSessionIsExpired() external {
        uint256 id = _openSession();
        skip(1 days);
        _expectFlowRefusal(
            id, provider, RATE, START + 2 days, abi.encodeWithSelector(SessionFlows.SessionEnded.selector, id)
        );
    }

    function test_RevertWhen_TheSessionIsRevoked() external {
        uint256 id = _openSession();
        vm.prank(person);
        operator.revoke(id, true);
        _expectFlowRefusal(id, provider, RATE, HOUR, abi.encodeWithSelector(SessionFlows.SessionEnded.selector, id));
    }

    function test_RevertWhen_TheReceiverIsNotOnTheList() external {
        uint256 id = _openSession();
        address[] memory thieves = new address[](1);
        thieves[0] = thief;
        vm.prank(makeAddr("other person"));
        operator.openSession(_terms(), thieves);
        address[2] memory others = [agent, thief];
        for (uint256 i; i < others.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(SessionFlows.ReceiverNotAllowed.selector, others[i]);
            _expectFlowRefusal(id, others[i], RATE, HOUR, refusal);
        }
    }

    function test_RevertWhen_TheRateIsAboveTheCapOfEach() external {
        uint256 id = _openSession();
        bytes memory refusal = abi.encodeWithSelector(SessionFlows.RateTooHigh.selector, 2 * RATE + 1, 2 * RATE);
        _expectFlowRefusal(id, provider, 2 * RATE + 1, HOUR, refusal);
        _setFlow(id, provider, 2 * RATE, HOUR);
    }

    function test_RevertWhen_AllRatesAreAboveTheCapOfAll() external {
        uint256 id = _openSession();
        _setFlow(id, provider, 2 * RATE, HOUR);
        bytes memory refusal = abi.encodeWithSelector(SessionFlows.RateTooHigh.selector, 3 * RATE + 1, 3 * RATE);
        _expectFlowRefusal(id, secondProvider, RATE + 1, HOUR, refusal);
        _setFlow(id, secondProvider, RATE, HOUR);
    }

    function test_RevertWhen_TheEndIsNotAheadOrAfterTheSessions() external {
        uint256 id = _openSession();
        uint256[4] memory ends = [START, 0, START + 1 days + 1, type(uint64).max];
        for (uint256 i; i < ends.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(SessionFlows.EndRefused.selector, ends[i]);
            _expectFlowRefusal(id, provider, RATE, ends[i], refusal);
        }
        _setFlow(id, provider, 1, START + 1 days);
    }

    function test_RevertWhen_TheBudgetDoesNotCoverAllFlowsToTheirEnds() external {
        SessionAccounts.Terms memory terms = _terms();
        terms.budget = uint128(uint256(RATE) * 9_000 - 1);
        vm.prank(person);
        uint256 id = operator.openSession(terms, _receivers());

        _setFlow(id, provider, RATE, START + 3_600);
        skip(1_800);
        // 3,600 s of the first, of which half is over, and 5,400 s of the second: one base unit too much.
        bytes memory refusal = abi.encodeWithSelector(
            SessionFlows.BudgetTooSmall.selector, 2_499_999_999_999_993_000, 2_499_999_999_999_992_999
        );
        _expectFlowRefusal(id, secondProvider, RATE, START + 7_200, refusal);
        _setFlow(id, secondProvider, RATE, START + 7_199);
        assertEq(operator.getSpent(id), 1_800 * uint256(RATE));
        assertEq(operator.getCommitted(id), 8_999 * uint256(RATE));
    }

    function test_RevertWhen_ThePersonTookThePermissionAway() external {
        uint256 id = _openSession();
        _permit(person, address(operator), 0);
        // CFA_ACL_OPERATOR_NO_CREATE_PERMISSIONS
        _expectFlowRefusal(id, provider, RATE, HOUR, abi.encodeWithSelector(bytes4(0xa3eab6ac)));
    }

    function test_RevertWhen_ThereAreSixteenFlows() external {
        address[] memory receivers = new address[](17);
        for (uint256 i; i < 17; ++i) {
            receivers[i] = address(uint160(0xC0FFEE + i));
        }
        vm.prank(person);
        uint256 id = operator.openSession(_terms(), receivers);
        for (uint256 i; i < 16; ++i) {
            _setFlow(id, receivers[i], 1e12, HOUR);
        }
        _expectFlowRefusal(id, receivers[16], 1e12, HOUR, abi.encodeWithSelector(SessionAccounts.TooManyFlows.selector));
        _setFlow(id, receivers[3], 0, 0);
        _setFlow(id, receivers[16], 1e12, HOUR);
        assertEq(operator.getRunning(id).length, 16);
    }

    function test_WhenAllFits_ItOpensTheFlowAndSendsTheIdAlong() external {
        _openSession();
        uint256 id = _openSession();
        vm.expectEmit();
        emit SessionFlows.FlowSet(id, provider, RATE, HOUR, 0);
        vm.recordLogs();
        _setFlow(id, provider, RATE, HOUR);
        assertEq(_userData(vm.getRecordedLogs()), abi.encode(2));

        skip(100);
        assertEq(token.balanceOf(provider), 27_777_777_777_777_700);
        assertEq(operator.getSpent(id), 27_777_777_777_777_700);
        assertEq(operator.getCommitted(id), 999_999_999_999_997_200);
        assertEq(operator.getSession(id).spent, 0);
        assertEq(operator.getRunning(id)[0], provider);
    }

    function test_WhenTheRateChanges_ItCountsWhatTheOldOneMoved() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        skip(100);
        _setFlow(id, provider, 2 * RATE, HOUR);
        assertEq(_rate(person, provider), int96(2 * RATE));
        assertEq(operator.getSession(id).spent, 100 * uint256(RATE));
        skip(100);
        _setFlow(id, provider, RATE / 2, HOUR);
        assertEq(_rate(person, provider), int96(RATE / 2));
        skip(100);
        assertEq(operator.getSpent(id), 300 * uint256(RATE) + 100 * uint256(RATE / 2));
        assertEq(token.balanceOf(provider), operator.getSpent(id));
        assertEq(operator.getRunning(id).length, 1);
    }

    function test_WhenOnlyTheEndMoves_SuperfluidIsNotTouched() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        skip(100);
        vm.recordLogs();
        _setFlow(id, provider, RATE, START + 2 hours);
        assertEq(vm.getRecordedLogs().length, 1);
        (uint256 changedAt,,,) = cfa.getFlow(address(token), person, provider);
        assertEq(changedAt, START);
        assertEq(operator.getSessionFlow(id, provider).until, START + 2 hours);
        assertEq(operator.getCommitted(id), 7_200 * uint256(RATE));
        bytes memory refusal =
            abi.encodeWithSelector(SessionFlows.BudgetTooSmall.selector, 86_400 * uint256(RATE), 10 ether);
        _expectFlowRefusal(id, provider, RATE, START + 1 days, refusal);
    }

    function test_WhenTheRateIsZero_ItClosesTheFlowAfterExpiryToo() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        _setFlow(id, secondProvider, RATE, START + 2 hours);
        skip(100);
        vm.expectEmit();
        emit SessionAccounts.FlowEnded(id, provider, true, 27_777_777_777_777_700);
        _setFlow(id, provider, 0, 0);
        assertEq(_rate(person, provider), 0);
        skip(1 days);
        _setFlow(id, secondProvider, 0, 0);
        assertEq(_rate(person, secondProvider), 0);
        assertEq(operator.getRunning(id).length, 0);
    }

    function test_RevertWhen_ThePersonHasAFlowOfHerOwn() external {
        uint256 id = _openSession();
        _createDirectly(person, provider, 5);
        bytes memory refusal = abi.encodeWithSelector(SessionFlows.FlowNotOfSession.selector, provider);
        _expectFlowRefusal(id, provider, RATE, HOUR, refusal);
        _expectFlowRefusal(
            id, provider, 0, HOUR, abi.encodeWithSelector(SessionFlows.FlowNotRunning.selector, provider)
        );
        assertEq(_rate(person, provider), 5);
    }

    function test_RevertWhen_AnotherSessionHasTheFlow() external {
        uint256 first = _openSession();
        uint256 second = _openSession();
        _setFlow(first, provider, RATE, HOUR);
        bytes memory refusal = abi.encodeWithSelector(SessionFlows.FlowNotOfSession.selector, provider);
        _expectFlowRefusal(second, provider, RATE, HOUR, refusal);
    }

    function test_WhenTheFlowWasEndedOutside_ItOpensAnewAndCountsTheTimeBetween() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        skip(100);
        _deleteDirectly(provider, person, provider);
        skip(100);
        vm.expectEmit();
        emit SessionAccounts.FlowEnded(id, provider, false, 200 * uint256(RATE));
        _setFlow(id, provider, 2 * RATE, HOUR);
        assertEq(_rate(person, provider), int96(2 * RATE));
        assertEq(operator.getRunning(id).length, 1);
        skip(100);
        assertEq(token.balanceOf(provider), 300 * uint256(RATE));
        assertEq(operator.getSpent(id), 400 * uint256(RATE));
    }

    function test_WhenTheSlowestFlowWasEndedOutside_ItOpensAnewToo() external {
        uint256 id = _openSession();
        _setFlow(id, provider, 1, HOUR);
        _deleteDirectly(provider, person, provider);
        _setFlow(id, provider, 1, HOUR);
        assertEq(_rate(person, provider), 1);
    }

    function test_RevertWhen_TheFlowWasChangedOutside() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        skip(1);
        _updateDirectly(person, provider, int96(RATE)); // the same rate: hers from now on all the same
        bytes memory refusal = abi.encodeWithSelector(SessionFlows.FlowNotOfSession.selector, provider);
        _expectFlowRefusal(id, provider, 2 * RATE, HOUR, refusal);
        _expectFlowRefusal(id, provider, RATE, HOUR, refusal);
        _setFlow(id, provider, 0, 0);
        assertEq(_rate(person, provider), int96(RATE));
        assertEq(operator.getRunning(id).length, 0);
    }

    function test_RevertWhen_TheReceiverIsAnAppThatCallsBack() external {
        CallingApp app = new CallingApp(address(host), operator);
        SessionAccounts.Terms memory terms = _terms();
        terms.agent = address(app);
        address[] memory receivers = new address[](1);
        receivers[0] = address(app);
        vm.prank(person);
        uint256 id = operator.openSession(terms, receivers);
        vm.expectRevert(bytes4(0x3ee5aeb5)); // ReentrancyGuardReentrantCall
        app.open(id, RATE, HOUR);
    }

    /// The user data of the agreement's FlowUpdated.
    function _userData(Vm.Log[] memory logs) private view returns (bytes memory userData) {
        bytes32 topic = keccak256("FlowUpdated(address,address,address,int96,int256,int256,bytes)");
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(cfa) || logs[i].topics[0] != topic) continue;
            (,,, userData) = abi.decode(logs[i].data, (int96, int256, int256, bytes));
        }
    }
}
